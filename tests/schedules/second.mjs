// SPDX-License-Identifier: MIT
// second.mjs IMAGE: runs an image of the micro:bit on another emulator of its CPU. The
// console is standard output, and the exit code is the image's. As under QEMU with its
// clock tied to instructions, SysTick counts them, and PendSV is taken when it is set.

import { pathToFileURL } from 'node:url';
import { Image } from './image.mjs';

const [, , path] = process.argv;
const { CortexM0Core } = await import(pathToFileURL(`${process.cwd()}/build/npm/node_modules/rp2040js/dist/esm/cortex-m0-core.js`));

const FLASH = 256 * 1024;
const RAM_START = 0x20000000;
const RAM = 16 * 1024;
const SYSTICK = { control: 0xe000e010, reload: 0xe000e014, value: 0xe000e018 };
const ICSR = 0xe000ed04;
const SHPR3 = 0xe000ed20;
const TICKS = 16; // of an instruction
const WRITE0 = 4;
const GET_CMDLINE = 0x15;
const EXIT_EXTENDED = 0x20;
const SEMIHOSTING = 0xab;

const image = new Image(path);
const flash = new DataView(new ArrayBuffer(FLASH));
const ram = new DataView(new ArrayBuffer(RAM));
for (const { address, bytes } of image.segments) {
    const memory = address < FLASH ? flash : ram;
    new Uint8Array(memory.buffer).set(bytes, address % RAM_START);
}

let instructions = 0;
let started = 0; // when the clock was last set to its reload value
let reload = 0;
let control = 0;
let fires_at = Infinity; // an instruction
let code = null;

const TICK_INTERRUPT = 2;

// When SysTick's exception comes next.
function set_clock() {
    const is_armed = (control & TICK_INTERRUPT) !== 0 && reload > 0;
    fires_at = is_armed ? started + Math.ceil(reload / TICKS) : Infinity;
}

// ---- registers -------------------------------------------------------------------------

function read_register(address) {
    switch (address) {
    case SYSTICK.value: {
        const ticks = (instructions - started) * TICKS;
        return reload - ticks % (reload + 1);
    }
    case SYSTICK.reload:
        return reload;
    case SHPR3:
        return core.SHPR3;
    default:
        return 0;
    }
}

function write_register(address, value) {
    switch (address) {
    case SYSTICK.value:
        started = instructions;
        set_clock();
        break;
    case SYSTICK.reload:
        reload = value;
        break;
    case SYSTICK.control:
        control = value;
        set_clock();
        break;
    case SHPR3:
        core.SHPR3 = value;
        break;
    case ICSR:
        core.pendingPendSV ||= (value & 1 << 28) !== 0;
        core.pendingSystick &&= (value & 1 << 25) === 0;
        core.interruptsUpdated = true;
        break;
    }
}

function reader(method) {
    return (address) => {
        address >>>= 0;
        if (address < FLASH) {
            return flash[method](address, true);
        }
        const offset = address - RAM_START;
        return offset >= 0 && offset < RAM ? ram[method](offset, true) : read_register(address);
    };
}

function writer(method) {
    return (address, value) => {
        address >>>= 0;
        const offset = address - RAM_START;
        if (offset >= 0 && offset < RAM) {
            ram[method](offset, value, true);
        } else {
            write_register(address, value >>> 0);
        }
    };
}

// ---- semihosting -----------------------------------------------------------------------

function text_at(address) {
    let text = '';
    for (let at = address; bus.readUint8(at) !== 0; at++) {
        text += String.fromCharCode(bus.readUint8(at));
    }
    return text;
}

function semihost() {
    const [operation, argument] = core.registers;
    if (operation === WRITE0) {
        process.stdout.write(text_at(argument));
    } else if (operation === GET_CMDLINE) {
        const to = bus.readUint32(argument);
        [...Buffer.from('image\0')].forEach((byte, i) => bus.writeUint8(to + i, byte));
        core.registers[0] = 0;
    } else if (operation === EXIT_EXTENDED) {
        code = bus.readUint32(argument + 4);
    } else {
        throw new Error(`semihosting ${operation} is not emulated`);
    }
}

const bus = {
    readUint32: reader('getUint32'),
    readUint16: reader('getUint16'),
    readUint8: reader('getUint8'),
    writeUint32: writer('setUint32'),
    writeUint16: writer('setUint16'),
    writeUint8: writer('setUint8'),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    onBreak(number) {
        if (number !== SEMIHOSTING) {
            throw new Error(`bkpt ${number} at ${core.PC.toString(16)}`);
        }
        semihost();
    },
};

const core = new CortexM0Core(bus);
core.reset();
while (code === null) {
    core.executeInstruction();
    instructions++;
    if (instructions >= fires_at) {
        fires_at += Math.ceil((reload + 1) / TICKS);
        core.pendingSystick = true;
        core.interruptsUpdated = true;
    }
}
console.error(`# ${instructions} instructions, ${core.cycles} cycles`);
process.exitCode = code;
