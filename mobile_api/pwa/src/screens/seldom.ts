// What most people never open: leaving for good, a minor's guardian, the code of a class or group.
export { Erase } from "./erase";
export { Guardian } from "./guardian";
export { JoinScreen } from "./join";
