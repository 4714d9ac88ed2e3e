import { h, render } from 'preact';
import { App } from './app.ts';
import { startClock } from './data/clock.ts';
import { followFiring } from './data/firing.ts';
import { followStream } from './data/live.ts';
import { startPlace } from './data/place.ts';
import { startTheme } from './data/theme.ts';
import { followWatermarks } from './data/watermarks.ts';
import { startLanguage } from './i18n/language.ts';

startLanguage();
startTheme();
startPlace();
startClock();
followWatermarks();
followFiring();
const root = document.getElementById('app');
if (root) render(h(App, null), root);
void followStream();
