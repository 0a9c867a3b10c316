#include "cli/run.hpp"

#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false); // reads with a buffer, and a failed read is no end of the input
  std::vector<std::string> args(argv + 1, argv + argc);
  return xxl::cli::run(args, std::cin, std::cout, std::cerr);
}
