#include "tests/faults/member.hpp"

#include <csignal>
#include <stdexcept>
#include <utility>

namespace xxl::faults {

member::member(std::string name, std::function<e2e::process()> begin)
    : name_{std::move(name)}, begin_{std::move(begin)} {}

void member::start() { program_.emplace(begin_()); }

void member::kill9() {
  if (!program_) return;
  program_->kill9();
  bury();
}

void member::stop() {
  program_->signal(SIGTERM);
  auto end = program_->wait_exit();
  auto errors = program_->errors();
  bury();
  if (end.code != 0) throw std::runtime_error{name_ + " did not end in order:\n" + errors};
}

void member::freeze() const { program_->signal(SIGSTOP); }
void member::thaw() const { program_->signal(SIGCONT); }

std::string member::said() const { return program_ ? earlier_ + program_->errors() + program_->output() : earlier_; }

void member::bury() {
  earlier_ = said() + "---- the end of this life\n";
  program_.reset();
}

} // namespace xxl::faults
