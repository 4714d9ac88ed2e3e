// Plain JavaScript for Node 20: the test runner reads it before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROBE_TIMEOUT_MS = 10_000;
const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** @returns the browser to test with, CHROMIUM_PATH first; undefined when there is none */
export function chromiumPath(env = process.env) {
  return [env.CHROMIUM_PATH, ...CHROMIUM_PATHS].find((path) => path && existsSync(path));
}

/** Debian's name of it, and its makers'. */
const ALERTMANAGERS = ['prometheus-alertmanager', 'alertmanager'];
/** @returns the command that starts a Prometheus Alertmanager; undefined when there is none */
export const alertmanagerCommand = () =>
  ALERTMANAGERS.find((command) => succeeds(command, ['--version']));

const succeeds = (command, args) =>
  spawnSync(command, args, { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS }).status === 0;

/** What tests can do without: how to find it, what is not shown when it is missing, how to get it. */
const OPTIONAL = {
  browser: {
    isThere: () => chromiumPath() !== undefined,
    without: 'no Chromium: the web console was not looked at in a browser',
    remedy: 'apt-get install chromium, or set CHROMIUM_PATH',
  },
  promtool: {
    isThere: () => succeeds('promtool', ['--version']),
    without: "no promtool: Prometheus' own checks of our metrics and rules were not run",
    remedy: 'apt-get install prometheus',
  },
  alertmanager: {
    isThere: () => alertmanagerCommand() !== undefined,
    without: 'no Alertmanager: that a real one takes our alerts was not shown',
    remedy: 'apt-get install prometheus-alertmanager',
  },
  nginx: {
    isThere: () => succeeds('nginx', ['-v']),
    without: "no nginx: the gateway's configuration was checked by our own reading alone",
    remedy: 'apt-get install nginx-light',
  },
  docker: {
    isThere: () => succeeds('docker', ['info']),
    without: 'no Docker engine: containers were not started, embedded servers stood in for them',
    remedy: 'start a Docker engine',
  },
};
export const OPTIONAL_NAMES = Object.keys(OPTIONAL);

const found = new Map();
/** @param {'browser' | 'promtool' | 'alertmanager' | 'nginx' | 'docker'} name */
export function isThere(name) {
  if (!found.has(name)) found.set(name, OPTIONAL[name].isThere());
  return found.get(name);
}

/** @param {'browser' | 'promtool' | 'alertmanager' | 'nginx' | 'docker'} name */
export const whatIsMissed = (name) => `${OPTIONAL[name].without} (${OPTIONAL[name].remedy})`;
