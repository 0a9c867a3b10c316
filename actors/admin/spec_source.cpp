#include "actors/admin/spec_source.hpp"

#include "protocol/errors.hpp"
#include "storage/error.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace xxl::admin {
namespace {

struct spec_source_state {
  static constexpr const char* name = "spec_source";
  explicit spec_source_state(spec_source_config c = {}) : cfg{std::move(c)} {}
  spec_source_config cfg;
};
using self_ptr = spec_source_actor::stateful_pointer<spec_source_state>;

spec_source_actor::behavior_type spec_source(self_ptr self, spec_source_config cfg) {
  self->state = spec_source_state{std::move(cfg)};
  return {
      [self](const specs_request& r) -> caf::result<std::vector<armed_job_ptr>> {
        auto& cfg2 = self->state.cfg;
        try {
          cfg2.db->connect();
          return cfg2.cache->get(r.keys, *cfg2.db);
        } catch (const storage::error& e) {
          return make_error(errc::unavailable, e.what());
        }
      },
  };
}

} // namespace

spec_source_actor spawn_spec_source(caf::actor_system& sys, spec_source_config cfg, bool detached) {
  return detached ? sys.spawn<caf::detached>(spec_source, std::move(cfg)) : sys.spawn(spec_source, std::move(cfg));
}

} // namespace xxl::admin
