// PouchDB on leveldb at the work of tests.bench.sync: `NODE_PATH=FOLDER/node_modules node peer_pouchdb.cjs DOSSIERS EDITED PLACE`.
// Prints one JSON object: seconds of each part, and what can be counted. A dossier is a document with four fields.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const PouchDB = require("pouchdb");

const SINGLE = 1000;
const QUIET = 20;
const STREETS = ["Ông Ích Khiêm", "Núi Thành", "Tôn Đức Thắng", "Nguyễn Tất Thành", "Trưng Nữ Vương", "Lê Duẩn"];

let state = 7;
function below(limit) {
  state = (state * 1103515245 + 12345) % 2147483648;
  return state % limit;
}

function dossier(number) {
  return {
    _id: `d-${String(number).padStart(8, "0")}`,
    procedure: "temporary-residence",
    name: `Nguyễn Thị Hồng ${below(1000000)}`,
    phone: `0905${String(below(1000000)).padStart(6, "0")}`,
    address: `${below(400)} ${STREETS[below(6)]}, phường Hòa Hải, Đà Nẵng`,
  };
}

async function timed(work) {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

function cpu() {
  const used = process.cpuUsage();
  return (used.user + used.system) / 1e6;
}

function size(folder) {
  const names = fs.readdirSync(folder);
  return names.reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
}

async function create(db, first, count, perCommit) {
  for (let at = 0; at < count; at += perCommit) {
    const docs = Array.from({ length: Math.min(perCommit, count - at) }, (_, place) => dossier(first + at + place));
    if (perCommit === 1) await db.put(docs[0]);
    else await db.bulkDocs(docs);
  }
}

// The same documents edited on both without either having seen the other; half of them in the field that decides.
async function meet(a, b, server, edited) {
  const keys = Array.from({ length: edited }, (_, place) => `d-${String(place).padStart(8, "0")}`);
  for (const [db, side] of [[a, "a"], [b, "b"]]) {
    for (let at = 0; at < edited; at += 100) {
      const { rows } = await db.allDocs({ keys: keys.slice(at, at + 100), include_docs: true });
      await db.bulkDocs(rows.map((row, place) => ({
        ...row.doc,
        [(at + place) % 2 ? "outcome" : "phone"]: (at + place) % 8 === 7 ? "same" : `${side}-${at + place}`,
      })));
    }
  }
  const took = await timed(async () => {
    for (const db of [a, b, a]) {
      await db.replicate.to(server, { batch_size: 500 });
      await db.replicate.from(server, { batch_size: 500 });
    }
  });
  const [left, right] = await Promise.all([a, b].map((db) => db.allDocs({ keys, include_docs: true, conflicts: true })));
  if (JSON.stringify(left.rows.map((row) => row.doc)) !== JSON.stringify(right.rows.map((row) => row.doc))) {
    throw new Error("not equal");
  }
  const hidden = left.rows.filter((row) => row.doc._conflicts).length;
  return { w3: took, w3_surfaced: 0, w3_lost: 0, w3_hidden: hidden };
}

async function main() {
  const [dossiers, edited] = [Number(process.argv[2]), Number(process.argv[3])];
  const place = process.argv[4];
  fs.mkdirSync(place, { recursive: true });
  const [a, b, server] = ["a", "b", "server"].map((name) => new PouchDB(path.join(place, name)));
  const found = { version: `PouchDB ${PouchDB.version}, leveldown ${require("leveldown/package.json").version}, ` +
    `node ${process.version.slice(1)}` };
  found.w1_100 = await timed(() => create(a, 0, dossiers, 100));
  found.w1_1 = await timed(() => create(a, dossiers, SINGLE, 1)) / SINGLE;
  found.w2_docs = dossiers + SINGLE;
  let began = cpu();
  found.w2_push = await timed(() => a.replicate.to(server, { batch_size: 500 }));
  found.w2_push_cpu = cpu() - began;
  found.w2_bytes = size(path.join(place, "server"));
  began = cpu();
  found.w2_pull = await timed(() => b.replicate.from(server, { batch_size: 500 }));
  found.w2_pull_cpu = cpu() - began;
  const { doc_count: arrived } = await b.info();
  if (arrived !== found.w2_docs) throw new Error(`${arrived} arrived`);
  Object.assign(found, await meet(a, b, server, edited));
  const quiet = [];
  for (let n = 0; n < QUIET; n += 1) {
    quiet.push(await timed(async () => {
      await a.replicate.to(server);
      await a.replicate.from(server);
    }));
  }
  found.w4 = quiet.sort((one, other) => one - other)[QUIET / 2];
  process.stdout.write(JSON.stringify(found));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
