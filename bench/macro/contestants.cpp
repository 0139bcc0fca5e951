#include "macro/contestants.hpp"

#include "macro/arguments.hpp"
#include <map>

namespace bench {

std::vector<contestant> choose_contestants(std::string_view library_list, std::string_view codec_list) {
    std::map<std::string_view, const library_entry*> known_libraries;
    for (const library_entry& library : libraries()) {
        known_libraries[library.name] = &library;
    }
    std::vector<const library_entry*> chosen;
    std::map<std::string_view, bool> known_codecs;
    for (const std::string_view name : split(library_list)) {
        chosen.push_back(parse_choice("--library", name, known_libraries));
        for (const codec_entry& codec : chosen.back()->codecs) {
            known_codecs[codec.name] = true;
        }
    }
    std::vector<contestant> contestants;
    for (const std::string_view name : split(codec_list)) {
        parse_choice("--codec", name, known_codecs);
        for (const library_entry* library : chosen) {
            for (const codec_entry& codec : library->codecs) {
                if (codec.name == name) {
                    contestants.push_back({library->name, &codec});
                }
            }
        }
    }
    return contestants;
}

std::string compiled_in() {
    std::string text;
    for (const library_entry& library : libraries()) {
        text.append("\n  ").append(library.name).append(" with");
        for (const codec_entry& codec : library.codecs) {
            text.append(" ").append(codec.name);
        }
    }
    return text + "\n";
}

} // namespace bench
