const REDRAW_INTERVAL_MS = 200;
const BAR_CHARACTERS = 24;
/** Without a terminal: one line per task this often, so that a log shows life without growing. */
const REPORT_INTERVAL_MS = 5_000;

/**
 * Bars for tasks that run at once: redrawn in place on a terminal, else a line at the start, the end and now and then.
 * @param {NodeJS.WriteStream} stream
 */
export function createProgress(stream) {
  const tasks = [];
  const isTerminal = Boolean(stream.isTTY) && process.env.TERM !== 'dumb';
  let drawnLines = 0;
  let timer;

  const draw = () => {
    const lines = tasks.map((task) => line(task, stream.columns ?? 80));
    stream.write(
      (drawnLines > 0 ? `\x1b[${drawnLines}A` : '') +
        lines.map((text) => `\x1b[2K${text}\n`).join(''),
    );
    drawnLines = lines.length;
  };
  const report = (task) => stream.write(`${line(task, 0)}\n`);
  const settle = (task, state) => {
    task.state = state;
    if (isTerminal) draw();
    else report(task);
  };
  return {
    task(label) {
      const task = { label, state: 'running', startedAtMs: Date.now(), share: () => 0 };
      tasks.push(task);
      if (isTerminal) draw();
      else report(task);
      timer ??= isTerminal
        ? setInterval(draw, REDRAW_INTERVAL_MS)
        : setInterval(
            () => tasks.filter(({ state }) => state === 'running').forEach(report),
            REPORT_INTERVAL_MS,
          );
      return {
        /** @param {() => number} share done, 0–1 */
        measure: (share) => {
          task.share = share;
        },
        done: () => settle(task, 'done'),
        fail: () => settle(task, 'failed'),
      };
    },
    close: () => clearInterval(timer),
  };
}

function line(task, columns) {
  task.settledAtMs ??= task.state === 'running' ? undefined : Date.now();
  const seconds = (((task.settledAtMs ?? Date.now()) - task.startedAtMs) / 1000).toFixed(1);
  const share = task.state === 'done' ? 1 : Math.min(0.99, task.share());
  const percent = `${Math.round(share * 100)} %`.padStart(5);
  const filled = Math.round(share * BAR_CHARACTERS);
  const bar = columns >= 80 ? ` ${'█'.repeat(filled)}${'░'.repeat(BAR_CHARACTERS - filled)}` : '';
  const end = task.state === 'failed' ? 'failed' : `${percent}  ${seconds} s`;
  return `${task.label.padEnd(38)}${bar} ${end}`;
}
