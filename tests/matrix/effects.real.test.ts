import { effectsUnderKills } from './effects-under-kills.js';

effectsUnderKills([1, 2, 3, 4, 5], { kills: 4 });
