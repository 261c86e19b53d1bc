// SPDX-License-Identifier: MIT
/// reel for C++17 and later: memory resources for the containers of std::pmr,
/// objects and arrays by type, scopes as objects. Neither exceptions nor RTTI
/// are needed.
///
///     REEL_ARENA_DEFINE(frame, 65536);
///     reel::arena_resource memory(frame);
///
///     void draw()
///     {
///         reel::scope whole(frame); // ends what is allocated from here on
///         std::pmr::vector<int> lines(&memory);
///         auto *const head = reel::make<point>(frame, 1, 2); // or nullptr
///     }
///
/// An owner is what memory comes from: a reel_arena, reel_temp, reel_region,
/// reel_rewindable, reel_heap or reel_heap_cache, or any reel_allocator. It
/// outlives what is made of it. Its own header says who may call.
///
/// Memory that ends by a rewind or a close runs no destructors. So a container
/// ends before its scope does (as `lines` above, which is declared later), and
/// make() refuses types with destructors there: use make_unique().

#ifndef REEL_REEL_HPP
#define REEL_REEL_HPP

#if __cplusplus < 201703L
#error "reel.hpp needs C++17: use the C headers, which are valid C++11"
#endif

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <new>
#include <type_traits>
#include <utility>

#include "reel/reel.h"

namespace reel
{

// ---- owners -----------------------------------------------------------------

/// Allocate from an owner. nullptr: it does not fit now.
inline void *allocate(reel_arena &owner, std::size_t size,
                      std::size_t align) noexcept
{
    return reel_arena_alloc(&owner, size, align);
}

inline void *allocate(reel_temp &owner, std::size_t size,
                      std::size_t align) noexcept
{
    return reel_temp_alloc(&owner, size, align);
}

inline void *allocate(reel_region &owner, std::size_t size,
                      std::size_t align) noexcept
{
    return reel_region_alloc(&owner, size, align);
}

inline void *allocate(reel_rewindable &owner, std::size_t size,
                      std::size_t align) noexcept
{
    return reel_rewindable_alloc(&owner, size, align);
}

inline void *allocate(reel_heap &owner, std::size_t size,
                      std::size_t align) noexcept
{
    return reel_heap_alloc(&owner, size, align);
}

inline void *allocate(reel_heap_cache &owner, std::size_t size,
                      std::size_t align) noexcept
{
    return reel_heap_cache_alloc(&owner, size, align);
}

inline void *allocate(const reel_allocator &owner, std::size_t size,
                      std::size_t align) noexcept
{
    return reel_allocate(owner, size, align);
}

/// Give a block back. Arenas, temps and regions keep it until they are rewound
/// or closed, and this does nothing.
inline reel_status give_back(reel_arena &, void *, std::size_t) noexcept
{
    return REEL_OK;
}

inline reel_status give_back(reel_temp &, void *, std::size_t) noexcept
{
    return REEL_OK;
}

inline reel_status give_back(reel_region &, void *, std::size_t) noexcept
{
    return REEL_OK;
}

inline reel_status give_back(reel_rewindable &owner, void *block,
                             std::size_t size) noexcept
{
    return reel_free(reel_rewindable_allocator(&owner), block, size);
}

inline reel_status give_back(reel_heap &owner, void *block,
                             std::size_t size) noexcept
{
    return reel_heap_free_sized(&owner, block, size);
}

inline reel_status give_back(reel_heap_cache &owner, void *block,
                             std::size_t) noexcept
{
    return reel_heap_cache_free(&owner, block);
}

inline reel_status give_back(const reel_allocator &owner, void *block,
                             std::size_t size) noexcept
{
    return reel_free(owner, block, size);
}

/// Do blocks of such an owner end one by one? Else they end together, and no
/// destructor runs.
template <class Owner> inline constexpr bool frees_each = false;
template <> inline constexpr bool frees_each<reel_heap> = true;
template <> inline constexpr bool frees_each<reel_heap_cache> = true;
template <> inline constexpr bool frees_each<reel_allocator> = true;

namespace detail
{

inline void demand(reel_status status, int line) noexcept
{
    if (REEL_CHECKS >= 1 && status != REEL_OK) {
        reel_panic(status, __FILE__, line);
    }
}

/// A container cannot go on without memory. Where there are no exceptions, it
/// may not even if reel_panic() returns.
[[noreturn]] inline void no_memory()
{
#if defined(__cpp_exceptions)
    throw std::bad_alloc();
#else
    reel_panic(REEL_NO_MEMORY, __FILE__, __LINE__);
    __builtin_trap();
#endif
}

/// How an owner is kept: an allocator is a value, all others are objects.
template <class Owner>
using kept = std::conditional_t<std::is_same_v<Owner, reel_allocator>,
                                reel_allocator, Owner &>;

} // namespace detail

// ---- memory resources -------------------------------------------------------

/// A memory resource for std::pmr. The owner's allocation is inlined into the
/// one virtual call. If there is no room, allocate() throws std::bad_alloc;
/// without exceptions it calls reel_panic(REEL_NO_MEMORY), and traps if that
/// returns. A block that the owner refuses to take back is a panic with its
/// status.
///
/// Two resources are equal if they are one object: no RTTI is asked.
template <class Owner>
class resource_of final : public std::pmr::memory_resource
{
  public:
    explicit resource_of(detail::kept<Owner> owner) noexcept : owner_(owner)
    {
    }
    resource_of(const resource_of &) = delete;
    resource_of &operator=(const resource_of &) = delete;

  private:
    void *do_allocate(std::size_t size, std::size_t align) override
    {
        void *const block = reel::allocate(owner_, size, align);
        if (REEL_UNLIKELY(block == nullptr)) {
            detail::no_memory();
        }
        return block;
    }

    void do_deallocate(void *block, std::size_t size, std::size_t) override
    {
        detail::demand(reel::give_back(owner_, block, size), __LINE__);
    }

    bool
    do_is_equal(const std::pmr::memory_resource &other) const noexcept override
    {
        return this == &other;
    }

    detail::kept<Owner> owner_;
};

using arena_resource = resource_of<reel_arena>;
using temp_resource = resource_of<reel_temp>;
using region_resource = resource_of<reel_region>;
using rewindable_resource = resource_of<reel_rewindable>;
using heap_resource = resource_of<reel_heap>;
using heap_cache_resource = resource_of<reel_heap_cache>;
using resource = resource_of<reel_allocator>;

// ---- objects ----------------------------------------------------------------

namespace detail
{

/// A block that goes back unless it is kept: a constructor may throw.
template <class Owner> class draft
{
  public:
    draft(Owner &owner, std::size_t size, std::size_t align) noexcept
        : owner_(owner), block_(reel::allocate(owner, size, align)), size_(size)
    {
    }
    ~draft()
    {
        if (block_ != nullptr) {
            demand(reel::give_back(owner_, block_, size_), __LINE__);
        }
    }
    draft(const draft &) = delete;
    draft &operator=(const draft &) = delete;

    void *block() const noexcept
    {
        return block_;
    }
    template <class T> T *keep(T *object) noexcept
    {
        block_ = nullptr;
        return object;
    }

  private:
    Owner &owner_;
    void *block_;
    std::size_t size_;
};

// Braces for an aggregate, which has no constructor.
template <class T, class... Arguments>
T *make_in(void *block, Arguments &&...arguments)
{
    if constexpr (std::is_constructible_v<T, Arguments...>) {
        return ::new (block) T(std::forward<Arguments>(arguments)...);
    } else {
        return ::new (block) T{ std::forward<Arguments>(arguments)... };
    }
}

template <class T, class Owner, class... Arguments>
T *construct(Owner &owner, Arguments &&...arguments)
{
    draft<Owner> memory(owner, sizeof(T), alignof(T));
    if (memory.block() == nullptr) {
        return nullptr;
    }
    return memory.keep(
        make_in<T>(memory.block(), std::forward<Arguments>(arguments)...));
}

} // namespace detail

/// Make an object, by a constructor or, of an aggregate, by its members.
/// nullptr: there is no room.
template <class T, class Owner, class... Arguments>
[[nodiscard]] T *make(Owner &owner, Arguments &&...arguments)
{
    static_assert(
        frees_each<
            std::remove_const_t<Owner>> || std::is_trivially_destructible_v<T>,
        "its destructor would not run: use reel::make_unique");
    return detail::construct<T>(owner, std::forward<Arguments>(arguments)...);
}

/// Make `count` objects, value-initialised. nullptr: there is no room, or the
/// size overflows.
template <class T, class Owner>
[[nodiscard]] T *make_array(Owner &owner, std::size_t count)
{
    static_assert(
        frees_each<
            std::remove_const_t<Owner>> || std::is_trivially_destructible_v<T>,
        "its destructors would not run");
    detail::draft<Owner> memory(owner, reel_array_size(count, sizeof(T)),
                                alignof(T));
    if (memory.block() == nullptr) {
        return nullptr;
    }
    T *const first = static_cast<T *>(memory.block());
    std::uninitialized_value_construct_n(first, count);
    return memory.keep(first);
}

/// Destroy what make() made of this owner, and give the memory back.
template <class T, class Owner> void destroy(Owner &owner, T *object) noexcept
{
    if (object != nullptr) {
        object->~T();
        detail::demand(reel::give_back(owner, object, sizeof(T)), __LINE__);
    }
}

/// The same for make_array(), with the same count.
template <class T, class Owner>
void destroy_array(Owner &owner, T *first, std::size_t count) noexcept
{
    if (first != nullptr) {
        std::destroy_n(first, count);
        detail::demand(reel::give_back(owner, first, count * sizeof(T)),
                       __LINE__);
    }
}

/// Destroys an object of an owner: the deleter of the pointer below.
template <class Owner> class destroyer
{
  public:
    explicit destroyer(Owner &owner) noexcept : owner_(&owner)
    {
    }
    template <class T> void operator()(T *object) const noexcept
    {
        reel::destroy(*owner_, object);
    }

  private:
    Owner *owner_;
};

template <class T, class Owner>
using unique_ptr = std::unique_ptr<T, destroyer<Owner>>;

/// Make an object that is destroyed with its pointer, which must end before the
/// owner is rewound or closed. Empty: there is no room.
template <class T, class Owner, class... Arguments>
[[nodiscard]] unique_ptr<T, Owner> make_unique(Owner &owner,
                                               Arguments &&...arguments)
{
    return unique_ptr<T, Owner>(
        detail::construct<T>(owner, std::forward<Arguments>(arguments)...),
        destroyer<Owner>(owner));
}

// ---- scopes -----------------------------------------------------------------

namespace detail
{

inline reel_mark mark(reel_arena &owner) noexcept
{
    return reel_arena_mark(&owner);
}

inline reel_mark mark(reel_temp &owner) noexcept
{
    return reel_temp_mark(&owner);
}

inline reel_status rewind(reel_arena &owner, reel_mark to) noexcept
{
    return reel_arena_rewind(&owner, to);
}

inline reel_status rewind(reel_temp &owner, reel_mark to) noexcept
{
    return reel_temp_rewind(&owner, to);
}

} // namespace detail

/// What is allocated in an arena or temp during its life ends with it, however
/// the block is left. If the owner was reset or rewound below it meanwhile,
/// that is a panic (REEL_STALE).
template <class Owner> class [[nodiscard]] scope
{
  public:
    explicit scope(Owner &owner) noexcept
        : owner_(owner), start_(detail::mark(owner))
    {
    }
    ~scope()
    {
        rewind();
    }
    scope(const scope &) = delete;
    scope &operator=(const scope &) = delete;

    /// Free what the scope has so far.
    void rewind() noexcept
    {
        detail::demand(detail::rewind(owner_, start_), __LINE__);
    }

  private:
    Owner &owner_;
    reel_mark start_;
};

/// A region that is open during its life, if the pool had a page.
class [[nodiscard]] region_scope
{
  public:
    explicit region_scope(reel_pool &pool) noexcept
        : is_open_(reel_region_open(&region_, &pool) == REEL_OK)
    {
    }
    ~region_scope()
    {
        if (is_open_) {
            detail::demand(reel_region_close(&region_), __LINE__);
        }
    }
    region_scope(const region_scope &) = delete;
    region_scope &operator=(const region_scope &) = delete;

    explicit operator bool() const noexcept
    {
        return is_open_;
    }
    reel_region &get() noexcept
    {
        return region_;
    }

  private:
    reel_region region_;
    bool is_open_;
};

} // namespace reel

#endif
