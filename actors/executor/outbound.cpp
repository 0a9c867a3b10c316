#include "actors/executor/outbound.hpp"

#include "protocol/limits.hpp"
#include "protocol/validate.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

namespace xxl::executor {
namespace {

/// Calls take(part) for each `most` items, in order.
template <class Item, class Take> void in_parts(const std::vector<Item>& items, std::size_t most, Take take) {
  for (auto from = items.begin(); from != items.end();) {
    auto to = from + std::min(static_cast<std::ptrdiff_t>(most), items.end() - from);
    take(std::vector<Item>{from, to});
    from = to;
  }
}

} // namespace

std::vector<inventory_piece> inventory_pieces(session_id session, epoch_id epoch, const std::vector<trigger_id>& ids) {
  if (ids.empty()) return {{session, epoch, {}, true}};
  std::vector<inventory_piece> all;
  in_parts(ids, limits::inventory_items, [&](auto part) { all.push_back({session, epoch, std::move(part), false}); });
  all.back().last = true;
  return all;
}

std::vector<life_report> life_reports(session_id session, epoch_id epoch, session_id life,
                                      const std::vector<trigger_id>& started) {
  if (started.empty()) return {{session, epoch, life, {}, true}};
  std::vector<life_report> all;
  in_parts(started, limits::inventory_items, [&](auto part) {
    all.push_back({session, epoch, life, std::move(part), false});
  });
  all.back().last = true;
  return all;
}

std::vector<progress_batch> progress_batches(session_id session, const std::vector<progress>& open) {
  std::vector<progress_batch> all;
  in_parts(open, limits::batch_items, [&](auto part) { all.push_back({session, std::move(part)}); });
  return all;
}

std::vector<return_batch> returns_of(const runs_given_back& back) {
  std::map<std::pair<session_id, epoch_id>, std::vector<returned_order>> orders;
  for (auto& r : back.runs) orders[{r->session, r->epoch}].push_back({r->task.trigger, r->task.handed, back.reason});
  std::vector<return_batch> all;
  for (auto& [origin, returned] : orders)
    in_parts(returned, limits::batch_items, [&all, from = origin](auto part) {
      all.push_back({from.first, from.second, std::move(part)});
    });
  return all;
}

std::vector<return_batch> refusals_of(const order_batch& batch, state_reason reason) {
  std::vector<returned_order> named;
  for (auto& o : batch.orders)
    if (o.trigger.value > 0) named.push_back({o.trigger, o.handed, reason});
  std::vector<return_batch> all;
  in_parts(named, limits::batch_items, [&](auto part) {
    return_batch back{batch.session, batch.epoch, std::move(part)};
    if (!invalid(back)) all.push_back(std::move(back));
  });
  return all;
}

outcome killed_unseen(const killed_order& o, instant now) {
  outcome end;
  end.trigger = o.trigger;
  end.job = o.job;
  end.version = o.version;
  end.fire = o.fire;
  end.attempt = o.attempt;
  end.ended = now;
  end.state = trigger_state::killed;
  end.message = "killed before it reached the executor";
  return end;
}

} // namespace xxl::executor
