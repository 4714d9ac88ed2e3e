import { join } from 'node:path';

/** What the browser loads begins here. */
export const WEB_DIR = join(import.meta.dirname, '..', 'web');
export const PACKAGES_DIR = join(import.meta.dirname, '..', '..', '..', 'node_modules');
/** Where the browser finds files. */
export const ASSETS_PATH = '/assets/';
