// Generated from openapi/messages.yaml by `npm run generate`; do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Natural: string;
        /** @description SM3 in hexadecimal. */
        Digest: string;
        KeyId: string;
        Bytes: string;
        Instant: string;
        LocalDate: string;
        ChainId: string;
        /** @enum {string} */
        Lane: "subject" | "account" | "product" | "transfer" | "register" | "settlement" | "disclosure" | "supervision";
        Path: components["schemas"]["Digest"][];
        Certificate: {
            keyId: components["schemas"]["KeyId"];
            signature: components["schemas"]["Bytes"];
        }[];
        /** @description CloudEvents 1.0 with the place of the event in its book; no body and no personal data. Topics registry.events and settlement.events, key = book. */
        BusinessEvent: {
            /** @constant */
            specversion: "1.0";
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            source: "registry" | "settlement";
            type: string;
            time: components["schemas"]["Instant"];
            /** @constant */
            datacontenttype: "application/json";
            data: {
                book: string;
                sequence: components["schemas"]["Natural"];
                businessDate: components["schemas"]["LocalDate"];
                recordedAt: components["schemas"]["Instant"];
                objects: components["schemas"]["EventObject"][];
            };
        };
        EventObject: {
            objectId: string;
            version: components["schemas"]["Natural"];
            revision: components["schemas"]["Natural"];
            /** @enum {string} */
            class: "subject" | "account" | "product" | "transactionreport" | "registration" | "settlement";
            /** @enum {string} */
            operation: "create" | "update" | "overwrite" | "delete";
            sm3: components["schemas"]["Digest"];
        };
        /** @description What crosses between the chains. The signature is the sender's gateway key, SM2 with SM3 over "QJ-LANE-1" and the canonical bytes of the envelope without `signature`. */
        LaneEnvelope: {
            /** @constant */
            version: "1";
            type: components["schemas"]["LaneMessageType"];
            source: components["schemas"]["ChainId"];
            destination: components["schemas"]["ChainId"];
            createdAt: components["schemas"]["Instant"];
            /** @description By the clock of the destination. */
            dueAt?: components["schemas"]["Instant"];
            keyId: components["schemas"]["KeyId"];
            payload: Record<string, never>;
            signature: components["schemas"]["Bytes"];
        };
        /** @enum {string} */
        LaneMessageType: "HELLO" | "HEADER" | "VALSET" | "PACKET" | "CHUNK" | "SEEN" | "RESULT" | "CHECKPOINT" | "RESYNC" | "RECON" | "EVIDENCE" | "FREEZE" | "UNFREEZE" | "KEY";
        HelloPayload: {
            chainId: components["schemas"]["ChainId"];
            genesisHash: components["schemas"]["Digest"];
            height: components["schemas"]["Natural"];
            modelVersions: string[];
        };
        HeaderPayload: {
            height: components["schemas"]["Natural"];
            header: components["schemas"]["Bytes"];
            certificate: components["schemas"]["Certificate"];
            consistency: {
                fromSize: components["schemas"]["Natural"];
                path: components["schemas"]["Path"];
            };
            /** @description The lane table that the header commits to. */
            lanes?: components["schemas"]["LaneState"][];
        };
        LaneState: {
            lane: components["schemas"]["Lane"];
            sequence: components["schemas"]["Natural"];
            packetHash: components["schemas"]["Digest"];
        };
        PacketPayload: {
            lane: components["schemas"]["Lane"];
            sequence: components["schemas"]["Natural"];
            previousPacketHash: components["schemas"]["Digest"];
            packetHash: components["schemas"]["Digest"];
            record: components["schemas"]["Bytes"];
            recordHash: components["schemas"]["Digest"];
            height: components["schemas"]["Natural"];
            leafIndex: components["schemas"]["Natural"];
            treeSize: components["schemas"]["Natural"];
            inclusionPath: components["schemas"]["Path"];
            /** @description The record's key for the receiver (SM2, DER). */
            wrappedKey: components["schemas"]["Bytes"];
            after: {
                lane: components["schemas"]["Lane"];
                sequence: components["schemas"]["Natural"];
            }[];
        };
        ChunkPayload: {
            /** @description SM3 of the whole envelope's bytes. */
            digest: components["schemas"]["Digest"];
            index: components["schemas"]["Natural"];
            count: components["schemas"]["Natural"];
            bytes: components["schemas"]["Bytes"];
        };
        SeenPayload: {
            lane: components["schemas"]["Lane"];
            from: components["schemas"]["Natural"];
            to: components["schemas"]["Natural"];
            /** @description SM3 over the packet hashes of the range. */
            rangeHash: components["schemas"]["Digest"];
        };
        /** @description The record on the supervisory chain for one packet; its canonical bytes are the leaf. */
        Verdict: {
            chainId: components["schemas"]["ChainId"];
            lane: components["schemas"]["Lane"];
            sequence: components["schemas"]["Natural"];
            packetHash: components["schemas"]["Digest"];
            /** @enum {string} */
            verdict: "ACCEPTED" | "REJECTED" | "EXPIRED";
            code?: string;
            field?: string;
            investorCode?: string;
        };
        ResultPayload: {
            verdict: components["schemas"]["Verdict"];
            supervisoryHeight: components["schemas"]["Natural"];
            header: components["schemas"]["Bytes"];
            certificate: components["schemas"]["Certificate"];
            leafIndex: components["schemas"]["Natural"];
            treeSize: components["schemas"]["Natural"];
            inclusionPath: components["schemas"]["Path"];
        };
        CheckpointPayload: {
            height: components["schemas"]["Natural"];
            headerHash: components["schemas"]["Digest"];
            treeSize: components["schemas"]["Natural"];
            treeRoot: components["schemas"]["Digest"];
            keyId: components["schemas"]["KeyId"];
            /** @description SM2 over the header hash by the supervisory validator key. */
            signature: components["schemas"]["Bytes"];
        };
        ResyncPayload: {
            /** @description Absent for headers. */
            lane?: components["schemas"]["Lane"];
            from: components["schemas"]["Natural"];
            to?: components["schemas"]["Natural"];
            reason: string;
        };
        EvidencePayload: {
            /** @enum {string} */
            kind: "two-headers-at-height" | "two-packets-at-sequence" | "inconsistent-tree" | "shrinking-tree" | "two-node-answers";
            first: components["schemas"]["Bytes"];
            second: components["schemas"]["Bytes"];
            detail: string;
        };
        FreezePayload: {
            chainId: components["schemas"]["ChainId"];
            /** @description Absent when the whole chain is frozen. */
            lane?: components["schemas"]["Lane"];
            height: components["schemas"]["Natural"];
            reason: string;
        };
        UnfreezePayload: {
            chainId: components["schemas"]["ChainId"];
            lane?: components["schemas"]["Lane"];
            height: components["schemas"]["Natural"];
            headerHash: components["schemas"]["Digest"];
            reason: string;
        };
        /** @description Topic xc.reject - input that no lane could take, by its hash. */
        RejectedInput: {
            topic: string;
            partition: components["schemas"]["Natural"];
            offset: components["schemas"]["Natural"];
            sm3: components["schemas"]["Digest"];
            code: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
