#pragma once

#include <string>
#include <vector>

/// What the mutations start from: what the repository itself holds.
namespace bellows::fuzz {

std::vector<std::string> sql_corpus();         // migrations, the lock table's statements, pages
std::vector<std::string> expression_corpus();  // scalar expressions and names
std::vector<std::string> plan_corpus();        // plans/*.yaml
std::vector<std::string> snapshot_corpus();    // the catalogs that the migrations lead to

}  // namespace bellows::fuzz
