// A parquet file as CSV: node rows.mjs FILE.parquet >FILE.csv
import { readFileSync } from 'node:fs';
import { parquetReadObjects } from 'hyparquet';

const { buffer, byteOffset, byteLength } = readFileSync(process.argv[2]);
const rows = await parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength) });
const names = Object.keys(rows[0]);
const cell = (value) => {
  const text = value == null ? '' : value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const table = [names, ...rows.map((row) => names.map((name) => row[name]))];
process.stdout.write(table.map((row) => `${row.map(cell).join(',')}\n`).join(''));
