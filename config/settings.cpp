#include "config/settings.hpp"

#include "config/nearest_name.hpp"
#include "config/secrets.hpp"
#include "config/settings_table.hpp"
#include "config/yaml_reader.hpp"
#include "protocol/validate.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

namespace xxl::config {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t from = 0;;) {
    auto comma = text.find(',', from);
    out.emplace_back(text.substr(from, comma - from));
    if (comma == std::string_view::npos) return out;
    from = comma + 1;
  }
}

std::vector<std::string> values_of(const setting& s, const std::string& text) {
  return s.list ? split(text) : std::vector{text};
}

/// FNV-1a, folded to 32 bits. Names of executors are made from it: it never changes.
std::uint32_t stable_hash(std::string_view text) {
  std::uint64_t h = 14'695'981'039'346'656'037u;
  for (unsigned char c : text) h = (h ^ c) * 1'099'511'628'211u;
  return static_cast<std::uint32_t>(h ^ h >> 32);
}

/// What a flag says.
struct flag {
  std::string text;
  int times = 0;
};

class resolver {
public:
  explicit resolver(const settings_sources& sources) : sources_{sources} {}

  settings_result run() {
    read_flags();
    for (auto& s : setting_table())
      if (!s.fallback.empty()) store(s, values_of(s, std::string{s.fallback}), "default", std::string{s.name});
    find_config();
    if (!out_.values.config.empty()) apply_file();
    for (auto& s : setting_table())
      if (auto text = environment(s))
        store(s, values_of(s, *text), "environment " + variable_of(s), shown(s, variable_of(s), *text));
    for (auto& [s, given] : flags_)
      store(*s, values_of(*s, given.text), "flag " + flag_of(*s), shown(*s, flag_of(*s), given.text));
    fill_in();
    if (out_.errors.empty()) check_together();
    for (auto& s : setting_table()) {
      auto origin = origins_.find(&s);
      out_.origins.push_back(
          {std::string{s.name}, s.show(out_.values), origin == origins_.end() ? "default" : origin->second});
    }
    return std::move(out_);
  }

private:
  static std::string shown(const setting& s, const std::string& name, const std::string& text) {
    return name + "=" + (s.secret ? "..." : text);
  }

  void error(std::string text) { out_.errors.push_back(std::move(text)); }

  std::optional<std::string> environment(const setting& s) const {
    auto text = sources_.environment(variable_of(s));
    return text && !text->empty() ? text : std::nullopt;
  }

  void store(const setting& s, const std::vector<std::string>& values, std::string origin, const std::string& where) {
    if (auto wrong = s.store(out_.values, values); !wrong.empty())
      error(where + ": " + wrong);
    else
      origins_[&s] = std::move(origin);
  }

  void read_flags() {
    auto& arguments = sources_.arguments;
    bool flags_ended = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      auto& argument = arguments[i];
      if (flags_ended || !argument.starts_with('-'))
        out_.words.push_back(argument);
      else if (argument == "--")
        flags_ended = true;
      else if (argument == "--help" || argument == "-h")
        out_.help = true;
      else if (argument == "--version")
        out_.version = true;
      else
        i += read_flag(argument, i + 1 < arguments.size() ? &arguments[i + 1] : nullptr);
    }
  }

  /// Answers how many of the arguments that follow belong to the flag: 0 or 1.
  std::size_t read_flag(const std::string& argument, const std::string* next) {
    auto equals = argument.find('=');
    auto name = argument.substr(0, equals);
    auto* s = name.starts_with("--") ? find_setting(std::string_view{name}.substr(2)) : nullptr;
    if (!s) {
      unknown_flag(name);
      return 0;
    }
    std::size_t taken = 0;
    std::string text;
    if (equals != std::string::npos) {
      text = argument.substr(equals + 1);
    } else if (s->takes == "true|false") {
      text = "true";
    } else if (next && !next->starts_with("--")) {
      text = *next;
      taken = 1;
    } else {
      error(name + ": its value is missing: write " + name + "=" + std::string{s->takes});
      return 0;
    }
    auto& given = flags_[s];
    if (++given.times > 1 && !s->list) error(name + ": given more than once");
    given.text += (given.times > 1 ? "," : "") + text;
    return taken;
  }

  void unknown_flag(const std::string& name) {
    std::vector<std::string_view> known;
    for (auto& s : setting_table()) known.push_back(s.name);
    auto bare = std::string_view{name}.substr(std::min(name.find_first_not_of('-'), name.size()));
    auto near = nearest_name(bare, known);
    error(name + ": unknown flag" +
          (near.empty() ? "; --help lists all flags" : "; did you mean --" + std::string{near} + "?"));
  }

  /// The file's path comes first of all: the rest of the flags and the environment is laid over what it says.
  void find_config() {
    auto* s = find_setting("config");
    if (auto given = flags_.find(s); given != flags_.end())
      out_.values.config = given->second.text;
    else if (auto text = environment(*s))
      out_.values.config = *text;
  }

  void apply_file() {
    auto& path = out_.values.config;
    auto found = sources_.read_file(path);
    if (!found.error.empty()) return error(path + ": " + found.error);
    source_text source{path, std::move(found.text)};
    problem_list problems;
    if (auto root = parse_yaml(source, problems)) read_file_settings(*root, source, problems);
    problems.sort();
    for (auto p : problems.kept()) {
      if (may_hold_secret(source.line(p.where.line))) p.excerpt.clear();
      p.message = mask_secrets(p.message);
      error(to_string(p));
    }
    if (auto rest = problems.size() - problems.kept().size())
      error(path + ": " + std::to_string(rest) + " more errors");
  }

  void read_file_settings(const yaml_node& root, const source_text& source, problem_list& problems) {
    std::vector<std::string_view> known;
    for (auto& s : setting_table())
      if (s.name != "config") known.push_back(s.name);
    constexpr std::array<std::pair<std::string_view, std::string_view>, 1> elsewhere{
        {{"config", "the flag --config or XXL_CONFIG: it names this very file"}}};
    yaml_reader in{source, problems};
    if (!in.mapping(root, {"a settings file", known, {}, elsewhere})) return;
    for (auto name : known) {
      auto* node = root.find(name);
      if (!node) continue;
      auto& s = *find_setting(name);
      auto values = file_values(in, s, *node);
      if (!values) continue;
      if (auto wrong = s.store(out_.values, *values); !wrong.empty())
        in.fail(*node, std::string{name} + ": " + wrong);
      else
        origins_[&s] = source.locate(node->where);
    }
  }

  static std::optional<std::vector<std::string>> file_values(yaml_reader& in, const setting& s, const yaml_node& node) {
    if (!s.list || node.what != yaml_node::kind::sequence) {
      auto text = in.text(node, s.name, 64 * 1024);
      if (!text) return std::nullopt;
      return values_of(s, *text);
    }
    std::vector<std::string> values;
    for (auto& item : node.items) {
      auto text = in.text(*item, s.name, 64 * 1024);
      if (!text) return std::nullopt;
      values.push_back(std::move(*text));
    }
    return values;
  }

  /// For settings without a fixed default: somebody set it.
  bool is_given(std::string_view name) const { return origins_.contains(find_setting(name)); }

  /// Defaults that depend on other settings or on the machine.
  void fill_in() {
    auto& v = out_.values;
    auto& machine = sources_.machine;
    v.data = (machine.working_directory / v.data).lexically_normal();
    if (!v.data.has_filename()) v.data = v.data.parent_path(); // "data/" and "data" are one directory, and one name
    if (!is_given("threads")) v.threads = std::max<std::uint32_t>(2, machine.cores);
    if (!is_given("node")) v.node = default_node_name();
    if (!is_given("database") && v.role == node_role::standalone)
      v.database = "sqlite://" + (v.data / "xxl.db").string();
    if (v.role == node_role::admin) return;
    if (!is_given("group") && v.role == node_role::standalone) v.group = "default";
    if (!is_given("executor-name")) {
      std::array<char, 16> hash{};
      std::snprintf(hash.data(), hash.size(), "%08x", stable_hash(v.data.string()));
      v.executor_name = host_name() + "-" + hash.data();
    }
  }

  /// The machine's name, made to keep the rule for names: kernels take any bytes.
  std::string host_name() const {
    auto name = sources_.machine.hostname.substr(0, 64);
    for (char& c : name)
      if (!is_job_name(std::string{'h', c})) c = '-';
    return is_job_name(name) ? name : "host" + name;
  }

  std::string default_node_name() const {
    auto& v = out_.values;
    auto& machine = sources_.machine;
    if (v.role == node_role::executor) return host_name();
    // Port 0 is the same for all; the process id is not.
    return host_name() + "-" + (v.listen.port ? std::to_string(v.listen.port) : std::to_string(machine.process_id));
  }

  /// What no setting can say alone.
  void check_together() {
    auto& v = out_.values;
    if (v.role == node_role::admin && !is_given("database"))
      error("database: an admin needs one: --database=postgresql://USER:PASSWORD@HOST/NAME, or XXL_DATABASE, or in the "
            "settings file");
    if (v.role == node_role::admin && v.database.starts_with("sqlite://"))
      error("database: SQLite is for --role=standalone: an admin needs postgresql://");
    if (v.role == node_role::executor && !is_given("group"))
      error("group: an executor needs one: --group=NAME, or XXL_GROUP, or in the settings file");
    if (v.lease < 3 * v.heartbeat) error("lease: must be at least 3 heartbeats: raise lease, or lower heartbeat");
    if (v.connection_timeout < 5 * v.heartbeat)
      error("connection-timeout: must be at least 5 heartbeats: raise connection-timeout, or lower heartbeat");
    // A file or an environment may serve several nodes; a flag was meant for this one.
    for (auto& [s, given] : flags_)
      if (!(s->roles & static_cast<unsigned>(v.role)))
        error(flag_of(*s) + ": not used by --role=" + to_string(v.role) + ", only by " + roles_of(*s));
  }

  const settings_sources& sources_;
  settings_result out_;
  std::map<const setting*, flag> flags_; // in the order of the table
  std::map<const setting*, std::string> origins_;
};

/// Columns of text, each as wide as its widest entry.
std::string in_columns(const std::vector<std::array<std::string, 3>>& rows) {
  std::array<std::size_t, 2> width{};
  for (auto& row : rows)
    for (std::size_t i = 0; i < width.size(); ++i) width[i] = std::max(width[i], row[i].size());
  std::string out;
  for (auto& row : rows) {
    for (std::size_t i = 0; i < width.size(); ++i) out += row[i] + std::string(width[i] - row[i].size() + 2, ' ');
    out += row[2] + "\n";
  }
  return out;
}

} // namespace

settings_result resolve_settings(const settings_sources& sources) { return resolver{sources}.run(); }

std::string describe(const std::vector<setting_origin>& origins) {
  std::vector<std::array<std::string, 3>> rows{{"SETTING", "VALUE", "ORIGIN"}};
  for (auto& x : origins) rows.push_back({x.name, x.value.empty() ? "-" : x.value, x.origin});
  return in_columns(rows);
}

std::string settings_help() {
  std::string out;
  for (auto& s : setting_table()) {
    out += "  " + flag_of(s) + "=" + std::string{s.takes} + "\n      " + std::string{s.meaning} + "\n";
    auto fallback = default_of(s);
    fallback.erase(std::remove(fallback.begin(), fallback.end(), '`'), fallback.end());
    out += "      default: " + fallback + "\n";
  }
  return out;
}

std::string settings_markdown() {
  std::string out = "| Setting | Environment | Used by | Default | Meaning |\n|---|---|---|---|---|\n";
  for (auto& s : setting_table()) {
    auto fallback = default_of(s);
    if (s.shown_default.empty()) fallback = "`" + fallback + "`";
    out += "| `" + std::string{s.name} + "` | `" + variable_of(s) + "` | " + roles_of(s) + " | " + fallback + " | " +
           std::string{s.meaning} + " |\n";
  }
  return out;
}

} // namespace xxl::config
