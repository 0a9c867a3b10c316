#include "tests/simulation/database.hpp"

#include "storage/error.hpp"
#include "tests/simulation/sometimes.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace xxl::sim {
namespace {

using storage::error;
using storage::error_kind;

constexpr auto lock_idle_timeout = 3s;
constexpr auto dial_patience = 2s;
/// Of the server: what takes longer has been cancelled.
constexpr auto statement_timeout = 5s;

} // namespace

database::database(world& w, dice random, traits t, std::shared_ptr<storage::store> statements,
                   database_listener& listener)
    : world_{w},
      random_{random},
      traits_{t},
      listener_{listener},
      statements_{std::move(statements)},
      ledger_{statements_->open_ledger(true)},
      plan_{statements_->open_plan_reader()},
      catalog_{statements_->open_catalog()},
      epochs_{statements_->open_leader_lock()} {
  epochs_->connect();
}

database::fate database::draw(process who, const char* statement, span patience) {
  auto& t = traits_;
  auto room = std::min(patience, world_.longest_wait());
  auto most = std::min({t.slow_most, room / 2, span{statement_timeout}});
  auto some = [&] { return random_.between(1us, most); };
  if (!reachable(who)) return {std::nullopt, std::max<span>(room, 1us), false};
  if (most < 10us) return {};
  fate drawn;
  const char* what = nullptr;
  if (random_.chance(t.slow)) {
    what = "slow";
    drawn.acts = some();
    drawn.ends = *drawn.acts + some();
  } else if (random_.chance(t.request_lost)) {
    what = "its request is lost";
    drawn = {std::nullopt, some(), false};
  } else if (random_.chance(t.answer_lost)) {
    what = "its answer is lost";
    auto acts = some();
    drawn = {acts, acts + some(), false};
  } else if (random_.chance(t.orphaned)) {
    what = "orphaned";
    auto lost = some();
    drawn = {lost + random_.between(1us, t.slow_most), lost, false};
  } else if (random_.chance(t.refused)) {
    spdlog::debug("{}: refused", statement);
    throw error{error_kind::retry, "57014", "canceling statement due to statement timeout"};
  }
  if (what != nullptr)
    spdlog::debug("{}: {}; acts in {} ms, ends in {} ms", statement, what,
                  drawn.acts ? drawn.acts->count() / 1'000'000 : -1, drawn.ends.count() / 1'000'000);
  return drawn;
}

bool database::lives(const backend& b) const {
  return b.alive && (b.what != duty::lock || world_.now() - b.used <= lock_idle_timeout);
}

std::shared_ptr<backend> database::accept(duty what) {
  std::erase_if(backends_, [](auto& b) { return b.expired(); });
  auto accepted = std::make_shared<backend>(backend{what, true, world_.now()});
  backends_.push_back(accepted);
  return accepted;
}

void database::terminate(backend& b) {
  if (b.alive && b.under_way > 0)
    sometimes(b.what == duty::claim ? "a claim's backend is ended before it acts"
                                    : "a backend is ended before it acts");
  b.alive = false;
}

void database::restart(span down) {
  sometimes("the database restarts");
  for (auto& weak : backends_)
    if (auto b = weak.lock()) b->alive = false;
  up_ = false;
  world_.in(down, process::nobody, [this] { up_ = true; });
}

moment database::trusted_until(process who) const {
  auto it = trusted_.find(who);
  return it == trusted_.end() ? moment{} : it->second;
}

void database::end_lock_session() {
  if (lock_holder_) lock_holder_->alive = false;
}

// ---- a client

void client::open() {
  if (!db_.world_.alive(who_)) throw error{error_kind::unavailable, {}, "this process is dead"};
  if (backend_ && (!db_.reachable(who_) || db_.lives(*backend_))) return; // what is not heard of looks alive
  backend_.reset();
  if (!db_.reachable(who_)) {
    if (db_.up_) wait(std::min<span>(dial_patience, db_.world_.longest_wait()));
    throw error{error_kind::unavailable, {}, "the database could not be reached"};
  }
  backend_ = db_.accept(what_);
  if (auto lost = std::exchange(lost_, nullptr)) db_.terminate(*lost);
}

void client::close() {
  if (auto b = std::exchange(backend_, nullptr); b && db_.reachable(who_)) b->alive = false;
}

void client::require_session(on_loss loss) {
  if (!db_.world_.alive(who_)) throw error{error_kind::unavailable, {}, "this process is dead"};
  if (!backend_) throw error{error_kind::unavailable, {}, "not connected to the database"};
  if (db_.reachable(who_) && !db_.lives(*backend_)) lose(loss);
}

void client::act_later(std::optional<span> wait, std::function<void()> work) {
  if (!wait) return;
  db_.world_.in(*wait, process::nobody, [&db = db_, session = backend_, work = std::move(work)] {
    --session->under_way;
    if (!db.lives(*session)) return; // a request that comes after its session has timed out
    session->used = db.world_.now();
    work();
  });
  ++backend_->under_way;
}

void client::wait(span length) {
  auto& w = db_.world_;
  w.wait(w.now() + length, [b = backend_] { return b && !b->alive; });
}

bool client::answer_comes() const {
  return db_.world_.alive(who_) && db_.reachable(who_) && backend_ && backend_->alive;
}

void client::lose(on_loss loss) {
  auto session = std::exchange(backend_, nullptr);
  if (!db_.world_.alive(who_) || loss == on_loss::repeatable)
    throw error{error_kind::unavailable, {}, "the connection to the database was lost"};
  lost_ = std::move(session);
  throw error{error_kind::unknown_outcome, {}, "the connection to the database was lost"};
}

} // namespace xxl::sim
