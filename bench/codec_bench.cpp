// CAF's binary form of the messages that travel in batches: writing into a connection's buffer, reading into a new
// message. bytes_per_second is what to read; items_per_second counts orders, outcomes and ids.

#include "protocol/limits.hpp"
#include "tests/protocol/samples.hpp"

#include <benchmark/benchmark.h>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/error.hpp>

#include <cstdint>
#include <vector>

namespace xxl {
namespace {

using test::sample;

/// A message as full as it gets (limits::batch_items; an inventory piece as executor_node cuts it), and its items.
template <class Message> Message full();
template <> order_batch full() { return {{3}, {11}, {limits::batch_items, sample<order>()}}; }
template <> callback_batch full() { return {{11}, 9, {limits::batch_items, sample<outcome>()}}; }
template <> inventory_piece full() { return {{11}, {3}, {5 * limits::batch_items, trigger_id{1'001}}, true}; }

std::size_t items(const order_batch& x) { return x.orders.size(); }
std::size_t items(const callback_batch& x) { return x.outcomes.size(); }
std::size_t items(const inventory_piece& x) { return x.held.size(); }

void count(benchmark::State& state, std::size_t items, std::size_t bytes) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["message_bytes"] = static_cast<double>(bytes);
}

template <class Message> void serialise(benchmark::State& state) {
  const auto message = full<Message>();
  std::vector<char> buffer;
  for (auto _ : state) {
    buffer.clear();
    caf::binary_serializer sink{nullptr, buffer};
    if (sink(message)) return state.SkipWithError("the message was not written");
    benchmark::ClobberMemory();
  }
  count(state, items(message), buffer.size());
}

template <class Message> void deserialise(benchmark::State& state) {
  const auto message = full<Message>();
  std::vector<char> buffer;
  caf::binary_serializer sink{nullptr, buffer};
  if (sink(message)) return state.SkipWithError("the message was not written");
  for (auto _ : state) {
    Message received;
    caf::binary_deserializer source{nullptr, buffer};
    if (source(received)) return state.SkipWithError("the message was not read");
    benchmark::DoNotOptimize(received);
  }
  count(state, items(message), buffer.size());
}

BENCHMARK_TEMPLATE(serialise, order_batch)->Unit(benchmark::kMicrosecond);
BENCHMARK_TEMPLATE(deserialise, order_batch)->Unit(benchmark::kMicrosecond);
BENCHMARK_TEMPLATE(serialise, callback_batch)->Unit(benchmark::kMicrosecond);
BENCHMARK_TEMPLATE(deserialise, callback_batch)->Unit(benchmark::kMicrosecond);
BENCHMARK_TEMPLATE(serialise, inventory_piece)->Unit(benchmark::kMicrosecond);
BENCHMARK_TEMPLATE(deserialise, inventory_piece)->Unit(benchmark::kMicrosecond);

} // namespace
} // namespace xxl

BENCHMARK_MAIN();
