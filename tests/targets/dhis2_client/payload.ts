// What goes out must be a DataValueSetsPostRequest of this client, with the schemes it lets a payload name and the moment it
// reads back. The line below the types is written anew by the test.
import type {
    DataValueSetsDataValue,
    DataValueSetsPostParams,
    DataValueSetsPostRequest,
} from "@eyeseetea/d2-api/api/dataValues";

type Schemes = "dataElementIdScheme" | "orgUnitIdScheme" | "categoryOptionComboIdScheme";
type Value = DataValueSetsPostRequest["dataValues"][number] & Partial<Pick<DataValueSetsDataValue, "lastUpdated">>;
type Payload = Omit<DataValueSetsPostRequest, "dataValues"> & Pick<DataValueSetsPostParams, Schemes> & { dataValues: Value[] };

export const sent: Payload = "PAYLOAD";
