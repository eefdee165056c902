import { effectsUnderKills } from './effects-under-kills.js';

effectsUnderKills(
  Array.from({ length: 30 }, (_, index) => 100 + index),
  { kills: 20 },
);
