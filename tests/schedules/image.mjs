// SPDX-License-Identifier: MIT
// An image of the micro:bit: its segments, and its symbols by name.

import { readFileSync } from 'node:fs';

export class Image {
    constructor(path) {
        const file = readFileSync(path);
        this.bytes = file;
        this.view = new DataView(file.buffer, file.byteOffset, file.length);
        this.segments = this.#segments();
        this.symbols = this.#symbols();
    }

    #u16(at) {
        return this.view.getUint16(at, true);
    }

    #u32(at) {
        return this.view.getUint32(at, true);
    }

    // Where each segment is loaded: the flash has the contents of .data, too.
    #segments() {
        const found = [];
        for (let i = 0; i < this.#u16(44); i++) {
            const at = this.#u32(28) + i * this.#u16(42);
            const size = this.#u32(at + 16);
            if (this.#u32(at) === 1 && size > 0) {
                const from = this.#u32(at + 4);
                found.push({ address: this.#u32(at + 12), bytes: this.bytes.subarray(from, from + size) });
            }
        }
        return found;
    }

    #symbols() {
        const found = new Map();
        const section = (i) => this.#u32(32) + i * this.#u16(46);
        for (let i = 0; i < this.#u16(48); i++) {
            const table = section(i);
            if (this.#u32(table + 4) !== 2) {
                continue;
            }
            const names = this.#u32(section(this.#u32(table + 24)) + 16);
            const start = this.#u32(table + 16);
            for (let at = start; at < start + this.#u32(table + 20); at += 16) {
                found.set(this.#text(names + this.#u32(at)), this.#u32(at + 4));
            }
        }
        return found;
    }

    #text(at) {
        let end = at;
        while (this.bytes[end] !== 0) {
            end++;
        }
        return this.bytes.toString('latin1', at, end);
    }
}
