#pragma once
// Jittered exponential backoff: executors that lost the same admin at the same instant must not come back at the same
// instant.

#include <algorithm>
#include <chrono>
#include <random>

namespace xxl::executor {

class backoff {
public:
  using ms = std::chrono::milliseconds;
  explicit backoff(std::uint32_t seed, ms first = ms{50}, ms most = ms{2'000})
      : random_{seed}, first_{first}, most_{most}, step_{first} {}

  /// The next wait: between half of the step and the step; the step doubles up to `most`.
  ms next() {
    auto wait = ms{std::uniform_int_distribution<ms::rep>{step_.count() / 2, step_.count()}(random_)};
    step_ = std::min(step_ * 2, most_);
    return wait;
  }
  void reset() { step_ = first_; }

private:
  std::minstd_rand random_;
  ms first_, most_, step_;
};

} // namespace xxl::executor
