// SPDX-License-Identifier: MIT
// schedules.mjs IMAGE HOW [SUBJECT]: every schedule of each two operations of each
// subject of scenes.c, and of each three where it says so. HOW says where contexts run:
//
//   cores     on two cores (threes: and in a handler of the first one)
//   handlers  in a thread and a handler (threes: and in one above it)
//
// Prints TAP. A cut-off is a failure. With TWIN=1 the code is expected to be wrong: each
// two operations are explored up to the first outcome that is.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Image } from './image.mjs';
import { Machine } from './machine.mjs';
import { Exploration } from './explore.mjs';

const [, , path, how, only = ''] = process.argv;
const is_twin = process.env.TWIN === '1';
const { CortexM0Core } = await import(pathToFileURL(`${process.cwd()}/build/npm/node_modules/rp2040js/dist/esm/cortex-m0-core.js`));
const image = new Image(path);

const PLACES = {
    cores: [{ core_number: 0, level: 0 }, { core_number: 1, level: 0 }, { core_number: 0, level: 1 }],
    handlers: [{ core_number: 0, level: 0 }, { core_number: 0, level: 1 }, { core_number: 0, level: 2 }],
}[how];

const ANY_CONTEXT = 0;
const THREADS_ONLY = 1;
const OWNER_ONLY = 2;

// ---- the tables of scenes.c ----------------------------------------------------------

const tables = new Machine(image, CortexM0Core, []);
const word = (address) => tables.flash.getUint32(address, true);

function text(address) {
    let found = '';
    for (let at = address; tables.flash.getUint8(at) !== 0; at++) {
        found += String.fromCharCode(tables.flash.getUint8(at));
    }
    return found;
}

function rows(address, width, make) {
    const found = [];
    for (let at = address; word(at) !== 0; at += width) {
        found.push(make(at));
    }
    return found;
}

const operation = (at) => ({ name: text(word(at)), run: word(at + 4), callers: word(at + 8) });
const subject = (at) => ({
    name: text(word(at)), start: word(at + 4), is_right: word(at + 8),
    operations: rows(word(at + 12), 12, operation), in_threes: word(at + 16),
});

// ---- who does what ---------------------------------------------------------------------

function may(operation, place, number) {
    return operation.callers === ANY_CONTEXT
        || (operation.callers === THREADS_ONLY && place.level === 0)
        || (operation.callers === OWNER_ONLY && number === 0);
}

// Each choice of an operation for each place.
function choices(operations, places) {
    return places.reduce((found, place, number) => found.flatMap((chosen) => operations
        .filter((operation) => may(operation, place, number))
        .map((operation) => [...chosen, operation])), [[]]);
}

const number = (n) => (n < 1e9 ? `${n}` : n.toExponential(2));

let results = 0;
let failures = 0;
const sums = { schedules: 0, states: 0 };

function explore(subject, operations, places) {
    const machine = new Machine(image, CortexM0Core, places);
    machine.static_bytes = image.symbols.get('ld_bss_end') - 0x20000000;
    const exploration = new Exploration(machine, {
        start: subject.start, is_right: subject.is_right,
        contexts: machine.contexts, operations: operations.map((each) => each.run),
        ends_if_wrong: is_twin,
    });
    exploration.run();
    const is_good = exploration.wrong === 0 && !exploration.is_cut;
    failures += is_good ? 0 : 1;
    sums.schedules += exploration.schedules;
    sums.states += exploration.met.size;
    const names = operations.map((each) => each.name).join(' | ');
    console.log(`${is_good ? '' : 'not '}ok ${++results} - ${subject.name}: ${names}`);
    console.log(`#   ${number(exploration.schedules)} schedules, ${exploration.met.size} states, `
        + `${machine.shared.size} shared words, up to ${exploration.longest} steps`);
    exploration.why.forEach((count, why) => console.log(`#   ${why}: ${count}`));
    if (exploration.is_cut) {
        console.log('#   cut off: too many states');
    }
}

for (const each of rows(image.symbols.get('subjects'), 20, subject)) {
    if (!each.name.includes(only)) {
        continue;
    }
    const pairs = PLACES.slice(0, 2);
    choices(each.operations, pairs).forEach((chosen) => explore(each, chosen, pairs));
    if (!is_twin) {
        choices(each.operations.slice(0, each.in_threes), PLACES)
            .filter((chosen) => chosen.length === 3)
            .forEach((chosen) => explore(each, chosen, PLACES));
    }
}
console.log(`1..${results}`);
console.log(`# ${number(sums.schedules)} schedules, ${sums.states} states`);
process.exit(failures === 0 && results > 0 ? 0 : 1);
