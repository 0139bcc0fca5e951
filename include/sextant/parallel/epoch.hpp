#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "../core/config.hpp"
#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Tells when nobody can still hold what was taken out of sight (epoch-based reclamation; Fraser 2004). Every operation
/// that follows links pins the present epoch while it runs. Whoever takes something out of sight ends the epoch, and may
/// use it again once no operation is left that began in that epoch or before.
///
/// One clock serves all indexes of a program: a thread announces its epoch in a record of its own, on a cache line of its
/// own, so pinning costs one exchange and no line that threads share is written.
class epochs {
    struct participant;

public:
    using stamp = std::uint64_t;

    /// Holds the present epoch for as long as it lives, in the thread that made it. Pins nest. The first of a thread may
    /// throw std::bad_alloc.
    class pin {
    public:
        pin();
        pin(const pin&) = delete;
        pin& operator=(const pin&) = delete;
        ~pin();

    private:
        participant& mine_;
    };

    /// Ends the present epoch and names it. What was taken out of sight before the call is so for every later pin.
    static stamp advance() noexcept { return clock().fetch_add(1, std::memory_order_seq_cst); }

    /// Whether every pin of the epoch `past` and those before is gone. O(threads).
    static bool passed(stamp past) noexcept {
        for (const record* r = records().load(std::memory_order_seq_cst); r != nullptr; r = r->next) {
            if (r->pinned.load(std::memory_order_seq_cst) <= past) return false;
        }
        return true;
    }

private:
    static constexpr stamp idle = ~stamp{0};

    /// What a thread announces. Records are never freed, because passed() walks them without a lock: those of threads that
    /// ended serve new ones.
    struct alignas(cache_line) record {
        std::atomic<stamp> pinned = idle;
        std::atomic<bool> taken = true;
        record* next = nullptr;
    };

    /// What a thread knows of itself. It has no destructor, because destructors of static and thread-local objects may pin
    /// when all of those have run that are not theirs.
    struct participant {
        record* announced = nullptr;
        unsigned depth = 0;
        bool ending = false;

        void give_back() noexcept {
            announced->taken.store(false, std::memory_order_release);
            announced = nullptr;
        }
    };

    /// Gives a thread's record back at its end, to pins that come later one of their own each.
    struct last_will {
        ~last_will() {
            participant& me = own();
            me.ending = true;
            if (me.depth == 0) me.give_back();
        }
    };

    static participant& own() noexcept {
        static constinit thread_local participant me;
        return me;
    }

    static record& announced_by(participant& me) {
        if (me.announced == nullptr) {
            me.announced = take();
            if (!me.ending) thread_local const last_will at_the_end;
        }
        return *me.announced;
    }

    static std::atomic<stamp>& clock() noexcept {
        static std::atomic<stamp> now = 0;
        return now;
    }

    static std::atomic<record*>& records() noexcept {
        static std::atomic<record*> first = nullptr;
        return first;
    }

    /// Looking at the clock again is what makes it safe: if the second look finds the same epoch, whoever ends it later
    /// finds the announcement, and its record, which was made before; if not, the announcement is made anew, after everything
    /// that the ended epoch took away.
    static void announce(record& r) noexcept {
        for (stamp seen = clock().load(std::memory_order_seq_cst);;) {
            r.pinned.store(seen, std::memory_order_seq_cst);
            const stamp again = clock().load(std::memory_order_seq_cst);
            if (again == seen) return;
            seen = again;
        }
    }

    static record* take() {
        for (record* r = records().load(std::memory_order_acquire); r != nullptr; r = r->next) {
            if (!r->taken.load(std::memory_order_relaxed) && !r->taken.exchange(true, std::memory_order_acquire)) return r;
        }
        record* const fresh = std::make_unique<record>().release();
        fresh->next = records().load(std::memory_order_relaxed);
        while (!records().compare_exchange_weak(fresh->next, fresh, std::memory_order_seq_cst)) {}
        return fresh;
    }
};

inline epochs::pin::pin() : mine_(own()) {
    if (mine_.depth == 0) announce(announced_by(mine_));
    ++mine_.depth;
}

inline epochs::pin::~pin() {
    if (--mine_.depth > 0) return;
    mine_.announced->pinned.store(idle, std::memory_order_release);
    if (mine_.ending) mine_.give_back();
}

}  // namespace sextant::inline SEXTANT_ABI
