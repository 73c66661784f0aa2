export const PICTURES = "lantoa-pictures"; // filled by the page, read by the service worker
