// SPDX-License-Identifier: MIT
// Recorded traces (tests/figures/traces), replayed. A contestant has
//
//   void *take(size_t size);
//   void *change(void *block, size_t size);
//   void give(void *block);
//   void reset();   between replays: everything was given back

#ifndef BENCH_REPLAY_H
#define BENCH_REPLAY_H

#include "bench.h"

#include "../figures/traces/traces.h"

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

struct lua_trace {
    static const char *name()
    {
        return "lua";
    }
};
struct tls_trace {
    static const char *name()
    {
        return "ecdsa";
    }
};
struct mqtt_trace {
    static const char *name()
    {
        return "mqtt";
    }
};
struct sqlite_trace {
    static const char *name()
    {
        return "sqlite";
    }
};
struct cjson_trace {
    static const char *name()
    {
        return "cjson";
    }
};
struct jansson_trace {
    static const char *name()
    {
        return "jansson";
    }
};
struct cc1_trace {
    static const char *name()
    {
        return "cc1";
    }
};

template <class Heap, class Trace> class replay : public entrant
{
    Heap heap;
    std::vector<trace_event> events;
    std::vector<unsigned char *> blocks;

    void read()
    {
        const std::string path = std::string("build/traces/") + Trace::name();
        FILE *const file = fopen(path.c_str(), "rb");
        trace_header header;
        require(file != nullptr && fread(&header, sizeof header, 1, file) == 1);
        events.resize(header.events);
        require(fread(events.data(), sizeof(trace_event), header.events, file)
                == header.events);
        fclose(file);
        blocks.resize(header.slots);
    }

    void give_the_rest()
    {
        for (unsigned char *&block : blocks) {
            if (block != nullptr) {
                heap.give(block);
                block = nullptr;
            }
        }
        heap.reset();
    }

    // Both ends are written, as a program would. What is to be cleared is not: that
    // is the same work for all.
    void once()
    {
        for (const trace_event &event : events) {
            unsigned char *&block = blocks[trace_slot(&event)];
            switch (trace_kind(&event)) {
            case TRACE_FREE:
                heap.give(block);
                block = nullptr;
                continue;
            case TRACE_REALLOC:
                block = static_cast<unsigned char *>(
                    heap.change(block, event.size));
                break;
            default:
                block = static_cast<unsigned char *>(heap.take(event.size));
            }
            block[0] = 1;
            block[event.size - (event.size > 0)] = 1;
        }
        give_the_rest();
    }

  public:
    replay()
    {
        read();
    }
    bool check() override
    {
        once();
        return true;
    }
    void run(unsigned times) override
    {
        for (unsigned i = 0; i < times; i++) {
            once();
        }
    }
    uint64_t operations() const override
    {
        return events.size();
    }
};

#define TRACE_ROWS(contestant, heap)                                        \
    { "trace lua", contestant, make<replay<heap, lua_trace>> },             \
        { "trace tls", contestant, make<replay<heap, tls_trace>> },         \
        { "trace mqtt", contestant, make<replay<heap, mqtt_trace>> },       \
        { "trace sqlite", contestant, make<replay<heap, sqlite_trace>> },   \
        { "trace cjson", contestant, make<replay<heap, cjson_trace>> },     \
        { "trace jansson", contestant, make<replay<heap, jansson_trace>> }, \
    {                                                                       \
        "trace cc1", contestant, make<replay<heap, cc1_trace>>              \
    }

#endif
