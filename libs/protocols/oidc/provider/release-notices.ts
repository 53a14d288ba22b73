import { giveBack } from './hold-notices.js';

giveBack();
