// Measures one row of one benchmark and prints its figures as JSON; run.mjs starts it.
const [bench, name] = process.argv.slice(2);
const { rows } = await import(`./${bench}/index.mjs`);
const figures = await rows.find((row) => row.name === name).measure();
console.log(JSON.stringify(figures));
