#pragma once
// The time ring as a value: what is due when, and what was handed out. No actor, no clock. A tick is one step (5 ms) of
// its grid; an entry is claimed when its tick's lead has begun, and leaves the ring when its router has answered.

#include "actors/admin/scheduler_actors.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

namespace xxl::admin {

struct ring_options {
  std::chrono::milliseconds lead{100}; ///< claims begin that long before the fire …
  std::chrono::milliseconds lead_per_1000{
      15}; ///< … and that much earlier for each 1,000 fires of the tick (storage.md §11)
  std::chrono::milliseconds horizon{2'000}; ///< fires later than now + horizon are left to the read-ahead
  std::size_t most = 200'000;               ///< entries; above it the read-ahead stops
  std::size_t window = 5'000;               ///< entries of one group handed out and not yet answered
};

class ring {
public:
  static constexpr std::chrono::milliseconds tick{5};

  explicit ring(ring_options options = {});

  /// Adds or replaces by (job, version, next). An older version, a next fire already passed within the version, and a
  /// job that is handed out are left as they are: the stored plan only moves forward, and the next pass reads what is
  /// true after the answer.
  void put(planned_fire fire);
  void put(waiting_trigger waiting);

  /// Entries, handed out ones included.
  std::size_t size() const { return fires_.size() + waiting_.size(); }

  /// What a group's router gets now: entries whose claim is due, oldest first, within the group's window. Marks them as
  /// handed out.
  struct handout {
    group_id group;
    std::vector<planned_fire> fires;
    std::vector<waiting_trigger> waiting;
  };
  std::vector<handout> take(instant now);

  /// When take() has something to do next; none: nothing is queued, or all that is due waits for an answer.
  std::optional<instant> next_claim() const;

  /// The router's answer. A job that was taken is queued again for its next fire, if that lies within the horizon.
  void done(const batch_done& answer, instant now);
  /// A group whose entries came back as no_room can take more.
  void has_room(group_id group);
  /// Holds a group's entries until has_room(): its router is not there yet.
  void hold(group_id group);

private:
  struct fire_slot {
    planned_fire fire;
    bool out = false;
  };
  struct waiting_slot {
    waiting_trigger waiting;
    bool out = false;
  };
  /// A queued entry by key; outdated ones are dropped when they come up.
  struct fire_key {
    job_id job;
    spec_version version;
    instant next;
  };
  using key = std::variant<fire_key, trigger_id>;
  struct group_state {
    std::deque<key> ready; ///< due, oldest first
    std::size_t out = 0;
    bool held = false;
  };

  static std::int64_t tick_of(instant t) { return to_ms(t) / tick.count(); }
  std::chrono::milliseconds lead_of(std::size_t entries) const;
  /// The group of an entry that is still as its key says and not handed out; none: outdated.
  std::optional<group_id> group_of(const key& k) const;
  void ripen(instant now);
  void fill(handout& h, group_state& g);

  ring_options options_;
  std::unordered_map<job_id, fire_slot> fires_;
  std::unordered_map<trigger_id, waiting_slot> waiting_;
  std::map<std::int64_t, std::vector<key>> ticks_;
  std::map<group_id, group_state> groups_;
};

} // namespace xxl::admin
