// SPDX-License-Identifier: MIT
// Contexts on the emulated cores of one machine. Each context has registers and a stack
// of its own; all share the memory. A step of a context ends with its next access to a
// word that another one may change, or that another one reads and it changes.

const FLASH = 256 * 1024;
const RAM_START = 0x20000000;
const RAM = 16 * 1024;
const STACK = 512; // bytes, of each context, at the top of the RAM
const LOCK = 0xd0000100 + 4 * 31;
const RETURN = 0xfffe; // no code is there
const YIELD = 1;
const PANIC = 2;

export class Machine {
    constructor(image, Core, contexts) {
        this.flash = new DataView(new ArrayBuffer(FLASH));
        this.ram = new DataView(new ArrayBuffer(RAM));
        this.bytes = new Uint8Array(this.ram.buffer);
        this.image = image;
        for (const { address, bytes } of image.segments) {
            const to = address < FLASH ? new Uint8Array(this.flash.buffer) : this.bytes;
            to.set(bytes, address < FLASH ? address : address - RAM_START);
        }
        this.contexts = contexts.map((place, number) => this.#context(Core, place, number));
        this.shared = new Set(); // addresses
        this.forget();
    }

    // Who read and who wrote each byte, as bits of contexts.
    forget() {
        this.readers = new Uint8Array(RAM);
        this.writers = new Uint8Array(RAM);
        this.lock = false;
        this.observes = false;
    }

    #context(Core, place, number) {
        const core = new Core(this.#bus(number));
        const top = RAM_START + RAM - number * STACK;
        return { ...place, number, core, top };
    }

    #bus(number) {
        const at = (address) => address - RAM_START;
        const read = (method, size) => (address) => {
            address >>>= 0;
            if (address < FLASH) {
                return this.flash[method](address, true);
            }
            if (address === LOCK) {
                return this.#take_lock();
            }
            this.#touch(number, at(address), size, this.readers);
            return this.ram[method](at(address), true);
        };
        const write = (method, size) => (address, value) => {
            address >>>= 0;
            if (address === LOCK) {
                this.lock = false;
                this.has_touched++;
                this.has_written = true;
                return;
            }
            this.#touch(number, at(address), size, this.writers);
            this.has_written = true;
            this.ram[method](at(address), value, true);
        };
        return {
            readUint32: read('getUint32', 4),
            readUint16: read('getUint16', 2),
            readUint8: read('getUint8', 1),
            writeUint32: write('setUint32', 4),
            writeUint16: write('setUint16', 2),
            writeUint8: write('setUint8', 1),
            logger: { debug() {}, info() {}, warn() {}, error() {} },
            onBreak: (number_of_break) => {
                this.break = number_of_break;
            },
        };
    }

    // Reading the register takes the lock; 0: it is taken.
    #take_lock() {
        this.has_touched++;
        this.must_wait = this.lock;
        this.has_written ||= !this.lock;
        const had = !this.lock;
        this.lock = true;
        return had ? 1 << 31 : 0;
    }

    #touch(number, offset, size, who) {
        if (!(offset >= 0 && offset + size <= RAM)) {
            throw new Error(`an access outside of memory: ${offset.toString(16)}`);
        }
        if (offset >= RAM - this.contexts.length * STACK) {
            return; // a stack
        }
        if (this.observes) {
            who[offset & ~3] |= 1 << number;
        }
        if (this.shared.has(offset & ~3)) {
            this.has_touched++;
        }
    }

    // From now on the words are shared that are now known to be.
    note_shared() {
        this.written = [];
        for (let word = 0; word < RAM; word += 4) {
            if (this.writers[word] !== 0) {
                this.written.push(word / 4);
            }
            if (this.#is_shared(word)) {
                this.shared.add(word);
            }
        }
    }

    has_more_shared() {
        const is_known = new Set(this.written);
        for (let word = 0; word < RAM; word += 4) {
            if (this.writers[word] !== 0 && (!is_known.has(word / 4) || this.#is_shared(word) && !this.shared.has(word))) {
                return true;
            }
        }
        return false;
    }

    #is_shared(word) {
        const all = this.readers[word] | this.writers[word];
        return this.writers[word] !== 0 && (all & (all - 1)) !== 0;
    }

    // ---- running -----------------------------------------------------------------

    begin(context, symbol_or_address, argument) {
        const { core } = context;
        const address = typeof symbol_or_address === 'string'
            ? this.image.symbols.get(symbol_or_address) : symbol_or_address;
        core.registers.fill(0);
        core.registers[0] = argument;
        core.registers[13] = context.top;
        core.registers[14] = RETURN | 1;
        core.registers[15] = address & ~1;
        core.APSR = 0;
        core.PM = false;
        core.IPSR = context.level === 0 ? 0 : 15 + context.level;
    }

    has_returned(context) {
        return context.core.PC >>> 0 === RETURN;
    }

    // To the end, alone. Returns r0; undefined after a panic, or if there is no end.
    call(address, argument = 0) {
        const context = this.contexts[0];
        this.observes = false;
        this.begin(context, address, argument);
        context.core.IPSR = 0;
        for (let i = 0; !this.has_returned(context); i++) {
            this.break = 0;
            context.core.executeInstruction();
            if (this.break === PANIC || i > 1e6) {
                return undefined;
            }
        }
        return context.core.registers[0];
    }

    // One step. Says what it did: 'yields', 'panics', 'twice' (two shared accesses by one
    // instruction), or ''. `spins` is set if it waits for the lock.
    step(context) {
        const { core } = context;
        this.observes = true;
        this.has_written = false;
        this.must_wait = false;
        for (let i = 0; i < 100000; i++) {
            const was_masked = core.PM;
            this.has_touched = 0;
            this.break = 0;
            core.executeInstruction();
            if (this.break === PANIC) {
                return 'panics';
            }
            if (this.has_touched > 1) {
                return 'twice';
            }
            if (this.break === YIELD) {
                return 'yields';
            }
            if (this.has_touched === 1 || this.has_returned(context) || (was_masked && !core.PM)) {
                return '';
            }
        }
        return 'hangs';
    }

    // ---- states ------------------------------------------------------------------

    save(context) {
        const { core } = context;
        const from = (core.registers[13] >>> 0) - RAM_START;
        return {
            registers: core.registers.slice(),
            flags: core.APSR,
            masked: core.PM,
            stack: this.bytes.slice(from, context.top - RAM_START),
        };
    }

    restore(context, saved) {
        const { core } = context;
        core.registers.set(saved.registers);
        core.APSR = saved.flags;
        core.PM = saved.masked;
        core.IPSR = context.level === 0 ? 0 : 15 + context.level;
        this.bytes.set(saved.stack, (core.registers[13] >>> 0) - RAM_START);
    }

    statics() {
        return this.bytes.slice(0, this.static_bytes);
    }
}
