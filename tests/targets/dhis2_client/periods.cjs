// Reads period codes from its arguments as DHIS2's own library does: a JSON object, code -> [type, first day, last day] or null.
const { createFixedPeriodFromPeriodId } = require("@dhis2/multi-calendar-dates");

const told = {};
for (const code of process.argv.slice(2)) {
    try {
        const period = createFixedPeriodFromPeriodId({ periodId: code, calendar: "gregory" });
        told[code] = [period.periodType, period.startDate, period.endDate];
    } catch {
        told[code] = null;
    }
}
console.log(JSON.stringify(told));
