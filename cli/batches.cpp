#include "cli/batches.hpp"

#include "protocol/limits.hpp"
#include "protocol/wire_size.hpp"

#include <utility>

namespace xxl::cli {
namespace {

class packer {
public:
  packer(const std::string& who, const std::string& source) : who_{who}, source_{source} {}

  template <class Item> void add(Item item, std::vector<Item> apply_request::*list) {
    auto size = wire_size(item);
    if (items_ == limits::batch_items || bytes_ + size > batch_bytes || all_.empty()) {
      all_.push_back({{}, {}, who_, source_});
      items_ = 0;
      bytes_ = 0;
    }
    (all_.back().*list).push_back(std::move(item));
    ++items_;
    bytes_ += size;
  }

  std::vector<apply_request> take() { return std::move(all_); }

private:
  const std::string& who_;
  const std::string& source_;
  std::vector<apply_request> all_;
  std::size_t items_ = 0, bytes_ = 0;
};

} // namespace

std::vector<apply_request> batches_of(std::vector<group_spec> groups, std::vector<job_spec> jobs,
                                      const std::string& who, const std::string& source) {
  packer p{who, source};
  for (auto& g : groups) p.add(std::move(g), &apply_request::groups);
  for (auto& j : jobs) p.add(std::move(j), &apply_request::jobs);
  return p.take();
}

} // namespace xxl::cli
