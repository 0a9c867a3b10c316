#pragma once
// Who notes what a run has seen (sometimes.hpp), from what can be seen outside of the nodes.

#include "actors/metrics.hpp"
#include "tests/simulation/laws/law.hpp"

namespace xxl::sim {

std::unique_ptr<law> make_witness(const world& w);

/// What a node counted in its life.
void note_counters(const metrics& counters);

} // namespace xxl::sim
