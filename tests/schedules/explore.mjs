// SPDX-License-Identifier: MIT
// All schedules of a few contexts, as a graph of states: depth first, and no state that
// was met before is gone on from.
//
// A context of level 0 is a thread, one of a higher level a handler on the same core: it
// starts when the one below it has interrupts unmasked, and runs to its end before that
// one goes on. Contexts of different cores take turns after each step. Steps are as long
// as nothing shared is accessed (machine.mjs), since in what order steps of several
// contexts come that access nothing shared, no context can tell.

const MOST_STATES = 3e6;

// Two hashes (MurmurHash3 by Austin Appleby, with two seeds) in a number of 53 bits.
class Hash {
    constructor() {
        this.low = 0x811c9dc5;
        this.high = 0x9747b28c;
    }

    word(word) {
        let mixed = Math.imul(word, 0xcc9e2d51);
        mixed = Math.imul(mixed << 15 | mixed >>> 17, 0x1b873593);
        this.low ^= mixed;
        this.low = Math.imul(this.low << 13 | this.low >>> 19, 5) + 0xe6546b64 | 0;
        this.high ^= Math.imul(mixed, 0x85ebca6b) ^ mixed >>> 7;
        this.high = Math.imul(this.high << 11 | this.high >>> 21, 9) + 0x38b34ae5 | 0;
    }

    bytes(bytes) {
        for (let i = 0; i + 3 < bytes.length; i += 4) {
            this.word(bytes[i] | bytes[i + 1] << 8 | bytes[i + 2] << 16 | bytes[i + 3] << 24);
        }
    }

    value() {
        const finish = (hash) => {
            let mixed = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
            mixed = Math.imul(mixed ^ mixed >>> 13, 0xc2b2ae35);
            return (mixed ^ mixed >>> 16) >>> 0;
        };
        return (finish(this.high) >>> 11) * 0x100000000 + finish(this.low);
    }
}

export class Exploration {
    constructor(machine, scene) {
        this.machine = machine;
        this.scene = scene;
    }

    // Repeated until it is known which words are shared, and which change at all.
    run() {
        const { machine } = this;
        machine.forget();
        this.#one_after_the_other();
        do {
            machine.note_shared();
            this.met = new Map();
            this.wrong = 0;
            this.why = new Map();
            this.is_cut = false;
            this.longest = 0;
            this.schedules = this.#from(this.#start(), machine.statics(), false, 0);
        } while (machine.has_more_shared());
    }

    #start() {
        const { machine, scene } = this;
        machine.lock = false;
        if (machine.call(scene.start) === undefined) {
            throw new Error('the scene does not start');
        }
        return scene.contexts.map((context, i) => {
            machine.begin(context, scene.operations[i], context.number);
            return { saved: machine.save(context), started: context.level === 0, done: false, waits: '', has_news: false };
        });
    }

    // What is accessed then is most of what is ever accessed.
    #one_after_the_other() {
        const { machine, scene } = this;
        for (const order of [scene.contexts, [...scene.contexts].reverse()]) {
            this.#start();
            for (const context of order) {
                machine.begin(context, scene.operations[context.number], context.number);
                while (!machine.has_returned(context) && !['panics', 'hangs'].includes(machine.step(context))) {
                    continue;
                }
            }
        }
    }

    #key(states, statics) {
        const hash = new Hash();
        const words = new Uint32Array(statics.buffer);
        this.machine.written.forEach((word) => hash.word(words[word]));
        hash.word(this.machine.lock ? 1 : 0);
        for (const state of states) {
            hash.word((state.started ? 1 : 0) | (state.done ? 2 : 0) | (state.has_news ? 16 : 0) | (state.waits === '' ? 0 : state.waits === 'lock' ? 4 : 8));
            if (state.started && !state.done) {
                state.saved.registers.forEach((register) => hash.word(register));
                hash.word(state.saved.flags ^ (state.saved.masked ? 1 : 0));
                hash.bytes(state.saved.stack);
            }
        }
        return hash.value();
    }

    // May the context take the next step?
    #can_run(states, i) {
        const { contexts } = this.scene;
        const state = states[i];
        if (state.done || state.waits === 'write' || (state.waits === 'lock' && this.machine.lock)) {
            return false;
        }
        for (let j = 0; j < states.length; j++) {
            const is_above = contexts[j].core_number === contexts[i].core_number && j !== i;
            if (!is_above) {
                continue;
            }
            const other = states[j];
            if (contexts[j].level > contexts[i].level && other.started && !other.done) {
                return false; // it is interrupted
            }
            if (!state.started && contexts[j].level < contexts[i].level && other.started && !other.done
                && other.saved.masked) {
                return false;
            }
        }
        return true;
    }

    #judge(statics) {
        const { machine } = this;
        machine.bytes.set(statics);
        return machine.call(this.scene.is_right) === 1;
    }

    #note(why) {
        this.wrong++;
        this.why.set(why, (this.why.get(why) ?? 0) + 1);
        return 1;
    }

    // How many schedules go on from here.
    #from(states, statics, lock, depth) {
        const { machine } = this;
        machine.lock = lock;
        const key = this.#key(states, statics);
        const known = this.met.get(key);
        if (known !== undefined) {
            return known;
        }
        if (this.met.size > MOST_STATES) {
            this.is_cut = true;
            return 0;
        }
        if (this.wrong > 0 && this.scene.ends_if_wrong) {
            return 0;
        }
        this.longest = Math.max(this.longest, depth);
        this.met.set(key, 0);
        const runnable = states.map((_, i) => i).filter((i) => this.#can_run(states, i));
        let count = 0;
        for (const i of runnable) {
            count += this.#after(states, statics, lock, i, depth);
        }
        if (runnable.length === 0) {
            if (!states.every((state) => state.done)) {
                this.#note('contexts wait for each other');
            } else if (lock || !this.#judge(statics)) {
                this.#note('the outcome is wrong');
            }
            count = 1;
        }
        this.met.set(key, count);
        return count;
    }

    #after(states, statics, lock, i, depth) {
        const { machine } = this;
        const context = this.scene.contexts[i];
        machine.lock = lock;
        machine.bytes.set(statics);
        machine.restore(context, states[i].saved);
        const did = machine.step(context);
        if (did === 'panics' || did === 'twice' || did === 'hangs') {
            return this.#note(`a context ${did}`);
        }
        const next = states.slice();
        next[i] = {
            saved: machine.save(context),
            started: true,
            done: machine.has_returned(context),
            // It waits, unless another context wrote since it last would have.
            waits: did === 'yields' && !states[i].has_news ? 'write' : machine.must_wait ? 'lock' : '',
            has_news: did !== 'yields' && states[i].has_news,
        };
        if (machine.has_written) {
            next.forEach((state, j) => {
                if (j !== i) {
                    next[j] = { ...state, waits: state.waits === 'write' ? '' : state.waits, has_news: true };
                }
            });
        }
        return this.#from(next, machine.statics(), machine.lock, depth + 1);
    }
}
