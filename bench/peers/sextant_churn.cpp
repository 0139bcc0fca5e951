#include <sextant/graph/reachability.hpp>

#include "peers/sextant.hpp"

namespace bench {
namespace {

/// Apart from sextant_peer, so that programs that replace nothing do not compile how.
template <class Metric, class Codec>
class sextant_churn_peer final : public sextant_peer<Metric, Codec> {
public:
    using sextant_peer<Metric, Codec>::sextant_peer;

    void replace(std::uint32_t id, std::span<const float> vector) override {
        if (this->settings_.assign) {
            this->index_.insert_or_assign(id, vector);
        } else {
            this->index_.erase(id);
            this->index_.insert(id, vector);
        }
    }

    [[nodiscard]] bool searches_beside_replace() const override { return true; }

    [[nodiscard]] std::optional<std::size_t> unreachable() const override {
        return sextant::unreachable(this->index_.nodes()).size();
    }
};

} // namespace

std::span<const codec_entry> sextant_codecs() {
    static constexpr std::array entries{
        codec_entry{"f32", &make_sextant<sextant::f32, sextant_churn_peer>},
        codec_entry{"u8", &make_sextant<sextant::u8, sextant_churn_peer>},
        codec_entry{"lvq8", &make_sextant<sextant::lvq8, sextant_churn_peer>},
        codec_entry{"lvq4+f16",
                    &make_sextant<sextant::rerank<sextant::lvq4, sextant::f16>, sextant_churn_peer>},
        codec_entry{"rabitq2+f16",
                    &make_sextant<sextant::rerank<sextant::rabitq<2>, sextant::f16>, sextant_churn_peer>},
    };
    return entries;
}

} // namespace bench
