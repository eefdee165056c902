import { defineConfig } from 'trainyard';
export default defineConfig({"name":"trainyard-probe-qpfkrg","pipelines":["./pipelines/*.ts"],"plugins":["./nodes/climb","./nodes/noop","./nodes/probe"],"pools":{"cpu":{"slots":3}},"heartbeat":"30 seconds"});
