import { defineConfig } from 'trainyard';
export default defineConfig({"name":"trainyard-probe-kxnkue","pipelines":["./pipelines/*.ts"],"plugins":["./nodes/probe","./nodes/noop","./nodes/climb"],"pools":{"cpu":{"slots":3}},"heartbeat":"30 seconds"});
