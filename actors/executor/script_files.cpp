#include "actors/executor/script_files.hpp"

#include "actors/executor/file.hpp"

#include <algorithm>
#include <vector>

namespace xxl::executor {
namespace {

std::string name_of(job_id job, spec_version version, script_language language) {
  return to_string(job) + "_" + std::to_string(version) + (language == script_language::python ? ".py" : ".sh");
}

} // namespace

script_files::script_files(std::filesystem::path directory, std::size_t most)
    : directory_{std::move(directory)}, most_{most} {
  std::filesystem::create_directories(directory_);
  std::vector<std::pair<std::filesystem::file_time_type, std::string>> found;
  for (auto& entry : std::filesystem::directory_iterator{directory_}) {
    auto extension = entry.path().extension();
    if (extension == ".sh" || extension == ".py")
      found.emplace_back(entry.last_write_time(), entry.path().filename().string());
  }
  std::sort(found.begin(), found.end());
  for (auto& [time, name] : found) touch(name);
  drop_oldest();
}

std::optional<std::filesystem::path> script_files::find(job_id job, spec_version version, script_language language) {
  auto name = name_of(job, version, language);
  auto path = directory_ / name;
  if (!where_.contains(name) || !std::filesystem::exists(path)) return std::nullopt;
  touch(name);
  return path;
}

std::filesystem::path script_files::store(const script_source& source) {
  auto name = name_of(source.job, source.version, source.language);
  auto path = directory_ / name;
  replace_file(path, source.source);
  touch(name);
  drop_oldest();
  return path;
}

void script_files::touch(const std::string& name) {
  if (auto it = where_.find(name); it != where_.end()) used_.erase(it->second);
  used_.push_front(name);
  where_[name] = used_.begin();
}

void script_files::drop_oldest() {
  while (used_.size() > most_) {
    std::error_code ignored; // a file that somebody removed already
    std::filesystem::remove(directory_ / used_.back(), ignored);
    where_.erase(used_.back());
    used_.pop_back();
  }
}

} // namespace xxl::executor
