// Generated from openapi/regulator-link.yaml by `npm run generate`; do not edit.

export interface paths {
    "/v1/facts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Business facts, newest first. A fact is one entry of a book with the regulator objects that it fixed; facts without objects stay posted, for there is nothing to report. */
        get: operations["listFacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/facts/{eventId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                eventId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description One business fact and where each of its objects stands. */
        get: operations["getFact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/objects/{objectId}/versions/{version}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                objectId: components["schemas"]["ObjectId"];
                version: components["schemas"]["ObjectVersion"];
            };
            cookie?: never;
        };
        /** @description The proof bundle of an object version: record, sealed snapshot, certified header, inclusion path and the supervisory RESULT, for an offline check against a pinned anchor. The read is audited. */
        get: operations["getObjectProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/link-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description How far facts, chain, lanes and receipts are, and what stands still. */
        get: operations["getLinkStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lanes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Every lane with its last packet and how many packets stand in which state. */
        get: operations["listLanes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Natural: string;
        /** @description Base64. */
        Bytes: string;
        KeyId: string;
        ObjectId: string;
        ObjectVersion: string;
        /** @enum {string} */
        ObjectClass: "subject" | "account" | "product" | "transactionreport" | "registration" | "settlement";
        /** @enum {string} */
        Operation: "create" | "update" | "overwrite" | "delete";
        /** @enum {string} */
        Source: "registry" | "settlement";
        Book: string;
        /** @enum {string} */
        LaneName: "subject" | "account" | "product" | "transfer" | "register" | "settlement" | "disclosure" | "supervision";
        /**
         * @description posted - known to the link, not all of it on the chain; waiting - an object is parked, for what it refers to is not on the chain or it fails its check; on-chain - all objects final; receipted - every packet accepted; rejected - a packet is rejected and not corrected yet.
         * @enum {string}
         */
        FactState: "posted" | "waiting" | "on-chain" | "receipted" | "rejected";
        /** @enum {string} */
        PacketState: "queued" | "final" | "sent" | "seen" | "resulted";
        /** @enum {string} */
        Verdict: "ACCEPTED" | "REJECTED" | "EXPIRED";
        Fact: {
            eventId: components["schemas"]["Uuid"];
            source: components["schemas"]["Source"];
            book: components["schemas"]["Book"];
            sequence: components["schemas"]["Natural"];
            type: string;
            businessDate: components["schemas"]["LocalDate"];
            recordedAt: components["schemas"]["Instant"];
            receivedAt: components["schemas"]["Instant"];
            state: components["schemas"]["FactState"];
            objectCount: number;
            onChainCount: number;
            acceptedCount: number;
            rejectedCount: number;
        };
        FactPage: {
            items: components["schemas"]["Fact"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        FactWithObjects: {
            fact: components["schemas"]["Fact"];
            objects: components["schemas"]["FactObject"][];
        };
        /** @description Members beyond the identity appear as the object moves on. */
        FactObject: {
            objectId: components["schemas"]["ObjectId"];
            version: components["schemas"]["ObjectVersion"];
            revision: components["schemas"]["ObjectVersion"];
            class: components["schemas"]["ObjectClass"];
            operation: components["schemas"]["Operation"];
            sm3: components["schemas"]["Sm3Digest"];
            snapshotHash?: components["schemas"]["Sm3Digest"];
            /** @description What must be on the chain before this object. */
            waitingFor?: string;
            /** @description Why the object is parked. */
            fault?: string;
            faultField?: string;
            packetState?: components["schemas"]["PacketState"];
            lane?: components["schemas"]["LaneName"];
            sequence?: components["schemas"]["Natural"];
            packetHash?: components["schemas"]["Sm3Digest"];
            height?: components["schemas"]["Natural"];
            leafIndex?: components["schemas"]["Natural"];
            verdict?: components["schemas"]["Verdict"];
            code?: string;
            field?: string;
            investorCode?: string;
            supervisoryHeight?: components["schemas"]["Natural"];
            receiptedAt?: components["schemas"]["Instant"];
        };
        CertificateEntry: {
            keyId: components["schemas"]["KeyId"];
            signature: components["schemas"]["Bytes"];
        };
        ProofBundle: {
            /** @constant */
            version: "1";
            chainId: string;
            record: components["schemas"]["Bytes"];
            snapshot: components["schemas"]["Bytes"];
            header: components["schemas"]["Bytes"];
            certificate: components["schemas"]["CertificateEntry"][];
            leafIndex: components["schemas"]["Natural"];
            treeSize: components["schemas"]["Natural"];
            inclusionPath: components["schemas"]["Sm3Digest"][];
            /** @description The RESULT message as received (LaneEnvelope of messages.yaml). */
            result?: {
                [key: string]: unknown;
            };
        };
        Lane: {
            lane: components["schemas"]["LaneName"];
            lastSequence: components["schemas"]["Natural"];
            lastPacketHash: components["schemas"]["Sm3Digest"];
            queued: components["schemas"]["Natural"];
            final: components["schemas"]["Natural"];
            sent: components["schemas"]["Natural"];
            seen: components["schemas"]["Natural"];
            resulted: components["schemas"]["Natural"];
            rejected: components["schemas"]["Natural"];
            frozen: boolean;
        };
        LaneList: {
            items: components["schemas"]["Lane"][];
        };
        LinkStatus: {
            chainId: string;
            /** @enum {string} */
            feed: "lanes";
            finalHeight: components["schemas"]["Natural"];
            treeSize: components["schemas"]["Natural"];
            sentHeight: components["schemas"]["Natural"];
            checkpointHeight: components["schemas"]["Natural"];
            supervisoryHeight: components["schemas"]["Natural"];
            facts: components["schemas"]["Natural"];
            /** @description Facts with objects that are not all accepted. */
            unreceiptedFacts: components["schemas"]["Natural"];
            rejectedFacts: components["schemas"]["Natural"];
            packets: components["schemas"]["Natural"];
            receipts: components["schemas"]["Natural"];
            /** @description Age of the oldest fact that waits for receipts; 0 when none does. */
            oldestUnreceiptedMs: components["schemas"]["Natural"];
            /** @description Age of the oldest fact that is not on the chain; 0 when all are. */
            lagMs: components["schemas"]["Natural"];
            backlog: components["schemas"]["LaneBacklog"][];
            waitingObjects: components["schemas"]["Natural"];
            faultyObjects: components["schemas"]["Natural"];
            inboxGaps: components["schemas"]["Natural"];
            evidence: components["schemas"]["Natural"];
            /** @description Messages that the supervisory side told to have refused */
            refusedMessages: components["schemas"]["Natural"];
            frozen: components["schemas"]["Frozen"][];
            alarms: string[];
        };
        LaneBacklog: {
            lane: components["schemas"]["LaneName"];
            /** @description Packets without a RESULT. */
            packets: components["schemas"]["Natural"];
        };
        Frozen: {
            /** @description chain, or the name of a lane */
            scope: string;
            height: components["schemas"]["Natural"];
            reason: string;
            frozenAt: components["schemas"]["Instant"];
        };
        /** Format: uuid */
        Uuid: string;
        /**
         * Format: date
         * @description A calendar date of the market (Asia/Shanghai).
         */
        LocalDate: string;
        /**
         * Format: date-time
         * @description A moment in UTC with milliseconds.
         */
        Instant: string;
        /** @description The cursor of the next page; null on the last. */
        NextCursor: string | null;
        /** @description An SM3 digest in lower-case hexadecimal. */
        Sm3Digest: string;
        ProblemError: {
            /** @description JSON pointer into the body, or */
            pointer?: string;
            code: string;
            detail: string;
            /** @description The parameters of the detail, such as a limit and the value observed. */
            params?: {
                [key: string]: string;
            };
        };
        /** @description RFC 9457 problem document; the codes are those of openapi/problems.yaml. */
        Problem: {
            /** Format: uri */
            type: string;
            title: string;
            status: number;
            detail: string;
            instance: string;
            code: string;
            traceId: string;
            errors?: components["schemas"]["ProblemError"][];
        };
    };
    responses: {
        /** @description The request was refused, or failed; `code` says why. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The greatest number of items in the answer. */
        Limit: number;
        /** @description The nextCursor of the page before; opaque and signed. */
        Cursor: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listFacts: {
        parameters: {
            query?: {
                state?: components["schemas"]["FactState"];
                source?: components["schemas"]["Source"];
                book?: components["schemas"]["Book"];
                /** @description The greatest number of items in the answer. */
                limit?: components["parameters"]["Limit"];
                /** @description The nextCursor of the page before; opaque and signed. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of facts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getFact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                eventId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The fact. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactWithObjects"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getObjectProof: {
        parameters: {
            query?: {
                /** @description Default the latest. */
                revision?: components["schemas"]["ObjectVersion"];
            };
            header?: never;
            path: {
                objectId: components["schemas"]["ObjectId"];
                version: components["schemas"]["ObjectVersion"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bundle. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProofBundle"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLinkStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listLanes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The lanes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LaneList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
