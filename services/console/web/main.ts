import { h, render } from 'preact';
import { App } from './app.ts';
import { startAccess } from './data/api.ts';
import { startClock } from './data/clock.ts';
import { followFiring } from './data/firing.ts';
import { followNotifications } from './data/notifications.ts';
import { followStream } from './data/stream.ts';
import { startPlace } from './data/place.ts';
import { startWindow } from './data/shown-window.ts';
import { startTheme } from './data/theme.ts';
import { followWatermarks } from './data/watermarks.ts';
import { startLanguage } from './i18n/language.ts';

await startLanguage();
startTheme();
startAccess();
startWindow();
startPlace();
startClock();
followWatermarks();
followFiring();
followNotifications();
const root = document.getElementById('app');
if (root) {
  // What the page came with stands in until the modules are here.
  root.replaceChildren();
  render(h(App, null), root);
}
void followStream();
