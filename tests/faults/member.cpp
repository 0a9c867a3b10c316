#include "tests/faults/member.hpp"

#include <stdexcept>
#include <utility>

namespace xxl::faults {

member::member(std::string name, std::function<e2e::process()> begin)
    : name_{std::move(name)}, begin_{std::move(begin)} {}

void member::start() {
  if (!program_) program_.emplace(begin_());
}

void member::start_again() {
  if (!program_ || program_->running()) return;
  auto end = program_->wait_exit();
  if (end.signal != 0 || end.code == 0) return; // a crash is nobody's to mend
  bury();
  start();
}

void member::kill9() {
  if (!program_) return;
  program_->kill9();
  bury();
}

void member::stop() {
  if (!program_) return;
  program_->signal(SIGTERM);
  program_->signal(SIGCONT); // should it be frozen
  auto end = program_->wait_exit();
  auto errors = program_->errors();
  bury();
  if (end.code != 0) throw std::runtime_error{name_ + " did not end in order:\n" + errors};
}

void member::signal(int number) const {
  if (program_) program_->signal(number);
}

std::string member::said() const { return program_ ? earlier_ + program_->errors() + program_->output() : earlier_; }

void member::bury() {
  earlier_ = said() + "---- the end of this life\n";
  program_.reset();
}

} // namespace xxl::faults
