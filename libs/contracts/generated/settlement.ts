// Generated from openapi/settlement.yaml by `npm run generate`; do not edit.

export interface paths {
    "/v1/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Stores an agreement document; the answer names its SM3 digest. */
        post: operations["uploadAgreementDocument"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/documents/{documentId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                documentId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description The document's bytes as they were uploaded; the read is audited. */
        get: operations["getAgreementDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Newest first; an investor sees own transfers only. */
        get: operations["listTransfers"];
        put?: never;
        /** @description Submits a negotiated transfer between two named parties for approval. Every rule that fails now is told at once; they are all checked again at reservation and before delivery. */
        post: operations["submitTransfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{transferId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                transferId: components["parameters"]["TransferId"];
            };
            cookie?: never;
        };
        /** @description The transfer with every step it took, when, and why. */
        get: operations["getTransfer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{transferId}/cancellations": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                transferId: components["parameters"]["TransferId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Cancels a transfer that is not yet in a settlement cycle; maker-checked. */
        post: operations["cancelTransfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{transferId}/reversals": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                transferId: components["parameters"]["TransferId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Corrects a settled transfer by a linked instruction of its own; maker-checked. */
        post: operations["reverseTransfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cycles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listCycles"];
        put?: never;
        /** @description Starts one delivery-versus-payment cycle over every transfer whose shares are reserved and whose money is held. Each transfer settles as a whole or not at all. */
        post: operations["runCycle"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cycles/{cycleId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                cycleId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get: operations["getCycle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/money-accounts/{fundAccountId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fundAccountId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description Client money of one fund account; an investor sees own accounts only. */
        get: operations["getMoneyAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/money-accounts/{fundAccountId}/entries": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fundAccountId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get: operations["listMoneyEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deposits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Announces money that a client pays in. It counts only once the bank confirms it: same reference, same amount, same fund account. */
        post: operations["announceDeposit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deposits/{depositId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                depositId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get: operations["getDeposit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Pays client money out to the client's own bank account through the bank; maker-checked. */
        post: operations["requestPayout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payouts/{payoutId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payoutId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get: operations["getPayout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embedded-bank/transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Demonstration only (BANK_MODE=embedded): a client pays money into the market's settlement account at the embedded bank. The bank confirms it to settlement like any other bank. */
        post: operations["payIntoEmbeddedBank"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fee-parameters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listFeeParameters"];
        put?: never;
        /** @description Sets a fee or tax rate from a date on; maker-checked. The past never changes. */
        post: operations["setFeeParameter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/object-corrections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Re-issues a fund-settlement object that the supervisory side rejected, as an overwrite or an update; the figures come from the postings again. Maker-checked. */
        post: operations["correctObject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                approvalId: components["parameters"]["ApprovalId"];
            };
            cookie?: never;
        };
        get: operations["getApproval"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                approvalId: components["parameters"]["ApprovalId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description A second person approves exactly the payload of that hash, or returns it. */
        post: operations["decideApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/waiting-books": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Books with rendered events that the event bus has not taken for so long, by name. Their packs tell the link what the bus does not. */
        get: operations["listWaitingBooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/object-packs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Rendered regulator objects of consecutive events of one book, for the link. */
        get: operations["listObjectPacks"];
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
        Document: {
            documentId: components["schemas"]["Uuid"];
            fileName: string;
            sizeBytes: number;
            sm3: components["schemas"]["Sm3Digest"];
        };
        Reason: {
            reason: string;
        };
        /** @description Yuan per share, at most four decimals. */
        UnitPrice: string;
        TransferToSubmit: {
            securityId: components["schemas"]["Uuid"];
            sellerAccountId: components["schemas"]["Uuid"];
            buyerAccountId: components["schemas"]["Uuid"];
            natureCode: string;
            quantity: components["schemas"]["PositiveShareQuantity"];
            unitPrice: components["schemas"]["UnitPrice"];
            /** @description Must equal quantity times price */
            amountFen: components["schemas"]["PositiveFen"];
            agreementDocumentId: components["schemas"]["Uuid"];
            agreementNumber: string;
            dealtAt: components["schemas"]["Instant"];
            /** @description Latest moment for shares and money to be secured; seven days from submission by default. */
            deadline?: components["schemas"]["Instant"];
        };
        /** @enum {string} */
        TransferState: "approved" | "reserved" | "funded" | "committing" | "committed" | "decided" | "delivered" | "settled" | "returning" | "failed" | "cancelled";
        TransferStep: {
            step: number;
            state: components["schemas"]["TransferState"];
            at: components["schemas"]["Instant"];
            code?: string;
            detail?: {
                [key: string]: unknown;
            };
        };
        ObjectReference: {
            objectId: string;
            version: string;
        };
        Charge: {
            /** @enum {string} */
            kind: "transfer-fee" | "stamp-duty";
            /** @enum {string} */
            side: "buyer" | "seller";
            amountFen: components["schemas"]["Fen"];
            rate: string;
        };
        Transfer: {
            transferId: components["schemas"]["Uuid"];
            /** @enum {string} */
            kind: "transfer" | "reversal";
            originalTransferId?: components["schemas"]["Uuid"];
            reversedByTransferId?: components["schemas"]["Uuid"];
            state: components["schemas"]["TransferState"];
            securityId: components["schemas"]["Uuid"];
            sellerAccountId: components["schemas"]["Uuid"];
            buyerAccountId: components["schemas"]["Uuid"];
            natureCode: string;
            quantity: components["schemas"]["ShareQuantity"];
            unitPrice: components["schemas"]["UnitPrice"];
            amountFen: components["schemas"]["Fen"];
            agreementDocumentId: components["schemas"]["Uuid"];
            agreementHash: components["schemas"]["Sm3Digest"];
            agreementNumber: string;
            dealtAt: components["schemas"]["Instant"];
            deadline: components["schemas"]["Instant"];
            cycleId?: components["schemas"]["Uuid"];
            businessDate?: components["schemas"]["LocalDate"];
            charges: components["schemas"]["Charge"][];
            createdAt: components["schemas"]["Instant"];
            /** @description The registry's event. */
            deliveryEventId?: components["schemas"]["Uuid"];
            /** @description Settlement's own event. */
            settlementEventId?: components["schemas"]["Uuid"];
            transferReport?: components["schemas"]["ObjectReference"];
            settlementObject?: components["schemas"]["ObjectReference"];
            steps: components["schemas"]["TransferStep"][];
        };
        TransferAnswer: {
            transfer: components["schemas"]["Transfer"];
        };
        TransferPage: {
            items: components["schemas"]["Transfer"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        Cycle: {
            cycleId: components["schemas"]["Uuid"];
            /** @enum {string} */
            state: "running" | "done";
            businessDate: components["schemas"]["LocalDate"];
            startedAt: components["schemas"]["Instant"];
            endedAt?: components["schemas"]["Instant"];
            counts: {
                [key: string]: number;
            };
        };
        CycleAnswer: {
            cycle: components["schemas"]["Cycle"];
        };
        CyclePage: {
            items: components["schemas"]["Cycle"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        MoneyAccount: {
            fundAccountId: components["schemas"]["Uuid"];
            /** @enum {string} */
            currency: "CNY";
            balanceFen: components["schemas"]["Fen"];
            heldFen: components["schemas"]["Fen"];
            availableFen: components["schemas"]["Fen"];
        };
        MoneyEntry: {
            journalId: components["schemas"]["Uuid"];
            line: number;
            kind: string;
            businessDate: components["schemas"]["LocalDate"];
            recordedAt: components["schemas"]["Instant"];
            changeFen: components["schemas"]["SignedFen"];
            balanceAfterFen: components["schemas"]["Fen"];
            transferId?: components["schemas"]["Uuid"];
        };
        MoneyEntryPage: {
            items: components["schemas"]["MoneyEntry"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        DepositToAnnounce: {
            fundAccountId: components["schemas"]["Uuid"];
            amountFen: components["schemas"]["PositiveFen"];
            reference: string;
        };
        Deposit: {
            depositId: components["schemas"]["Uuid"];
            fundAccountId: components["schemas"]["Uuid"];
            amountFen: components["schemas"]["Fen"];
            reference: string;
            /** @enum {string} */
            state: "announced" | "confirmed" | "mismatched";
            announcedAt: components["schemas"]["Instant"];
            confirmedAt?: components["schemas"]["Instant"];
            reason?: string;
        };
        PayoutToRequest: {
            fundAccountId: components["schemas"]["Uuid"];
            amountFen: components["schemas"]["PositiveFen"];
            bankCode: string;
            bankAccount: string;
            payeeName: string;
        };
        Payout: {
            payoutId: components["schemas"]["Uuid"];
            fundAccountId: components["schemas"]["Uuid"];
            amountFen: components["schemas"]["Fen"];
            /** @enum {string} */
            state: "held" | "instructed" | "paid" | "returned";
            requestedAt: components["schemas"]["Instant"];
            endedAt?: components["schemas"]["Instant"];
            bankAccountMasked: string;
            reason?: string;
        };
        BankTransfer: {
            reference: string;
            amountFen: components["schemas"]["PositiveFen"];
            fundAccountId: components["schemas"]["Uuid"];
        };
        FeeParameterToSet: {
            /** @enum {string} */
            kind: "transfer-fee" | "stamp-duty";
            /** @enum {string} */
            side: "buyer" | "seller";
            /** @description Share of the amount. */
            rate: string;
            minimumFen: components["schemas"]["Fen"];
            validFrom: components["schemas"]["LocalDate"];
            source: string;
        };
        FeeParameter: {
            /** @enum {string} */
            kind: "transfer-fee" | "stamp-duty";
            /** @enum {string} */
            side: "buyer" | "seller";
            rate: string;
            minimumFen: components["schemas"]["Fen"];
            validFrom: components["schemas"]["LocalDate"];
            validUntil: components["schemas"]["LocalDate"] | null;
            source: string;
        };
        ObjectCorrection: {
            objectId: string;
            version: string;
            /** @enum {string} */
            operation: "overwrite" | "update";
            reason: string;
        };
        Approval: {
            id: components["schemas"]["Uuid"];
            operation: string;
            /** @enum {string} */
            state: "pending" | "approved" | "returned" | "expired";
            payload: {
                [key: string]: unknown;
            };
            payloadHash: components["schemas"]["Sm3Digest"];
            maker: string;
            makerName?: string;
            madeAt: components["schemas"]["Instant"];
            expiresAt: components["schemas"]["Instant"];
            checker?: string;
            checkerName?: string;
            decidedAt?: components["schemas"]["Instant"];
            opinion?: string;
            result?: {
                [key: string]: unknown;
            };
        };
        ApprovalAnswer: {
            approval: components["schemas"]["Approval"];
        };
        ApprovalPage: {
            items: components["schemas"]["Approval"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        Decision: {
            payloadHash: components["schemas"]["Sm3Digest"];
            /** @enum {string} */
            decision: "approve" | "return";
            opinion: string;
        };
        /** Format: uuid */
        Uuid: string;
        /** @description An SM3 digest in lower-case hexadecimal. */
        Sm3Digest: string;
        /**
         * Format: share-quantity
         * @description Whole shares, 1 to 2^53 - 1, as a decimal string.
         */
        PositiveShareQuantity: string;
        /**
         * Format: fen
         * @description Money in fen (分), 1 to 10^15 - 1, as a decimal string.
         */
        PositiveFen: string;
        /**
         * Format: date-time
         * @description A moment in UTC with milliseconds.
         */
        Instant: string;
        /**
         * Format: fen
         * @description Money in fen (分), 0 to 10^15 - 1, as a decimal string.
         */
        Fen: string;
        /**
         * Format: share-quantity
         * @description Whole shares, 0 to 2^53 - 1, as a decimal string.
         */
        ShareQuantity: string;
        /**
         * Format: date
         * @description A calendar date of the market (Asia/Shanghai).
         */
        LocalDate: string;
        /** @description The cursor of the next page; null on the last. */
        NextCursor: string | null;
        /**
         * Format: fen
         * @description A change of money in fen (分), within 10^15 - 1 either way, as a decimal string.
         */
        SignedFen: string;
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
        WaitingBook: {
            book: string;
            /** @description Of the last event that is rendered. */
            lastSequence: string;
        };
        WaitingBookPage: {
            items: components["schemas"]["WaitingBook"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        PackedObject: {
            objectId: string;
            version: string;
            revision: string;
            /** @enum {string} */
            class: "subject" | "account" | "product" | "transactionreport" | "registration" | "settlement";
            /** @enum {string} */
            operation: "create" | "update" | "overwrite" | "delete";
            schemaVersion: string;
            keyOwner: {
                /** @enum {string} */
                kind: "subject" | "security";
                id: components["schemas"]["Uuid"];
            };
            references: {
                objectId: string;
                version: string;
            }[];
            /** @description Base64 of the canonical unsealed object. */
            bytes: string;
            sm3: components["schemas"]["Sm3Digest"];
        };
        ObjectPack: {
            book: string;
            sequence: string;
            eventId: components["schemas"]["Uuid"];
            type: string;
            businessDate: components["schemas"]["LocalDate"];
            recordedAt: components["schemas"]["Instant"];
            objects: components["schemas"]["PackedObject"][];
        };
        ObjectPackPage: {
            items: components["schemas"]["ObjectPack"][];
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
        TransferId: components["schemas"]["Uuid"];
        ApprovalId: components["schemas"]["Uuid"];
        /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
        IdempotencyKey: string;
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
    uploadAgreementDocument: {
        parameters: {
            query: {
                fileName: string;
            };
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Stored. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Document"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getAgreementDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                documentId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listTransfers: {
        parameters: {
            query?: {
                state?: components["schemas"]["TransferState"];
                securityId?: components["schemas"]["Uuid"];
                accountId?: components["schemas"]["Uuid"];
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
            /** @description A page of transfers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransferPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    submitTransfer: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransferToSubmit"];
            };
        };
        responses: {
            /** @description Waiting for a second person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getTransfer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                transferId: components["parameters"]["TransferId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transfer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransferAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    cancelTransfer: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                transferId: components["parameters"]["TransferId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reason"];
            };
        };
        responses: {
            /** @description Waiting for a second person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reverseTransfer: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                transferId: components["parameters"]["TransferId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reason"];
            };
        };
        responses: {
            /** @description Waiting for a second person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listCycles: {
        parameters: {
            query?: {
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
            /** @description A page of cycles, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CyclePage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    runCycle: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Started. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CycleAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getCycle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                cycleId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cycle and how many of its transfers stand where. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CycleAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getMoneyAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fundAccountId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The balance. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MoneyAccount"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listMoneyEntries: {
        parameters: {
            query?: {
                /** @description The greatest number of items in the answer. */
                limit?: components["parameters"]["Limit"];
                /** @description The nextCursor of the page before; opaque and signed. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                fundAccountId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of entries, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MoneyEntryPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    announceDeposit: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DepositToAnnounce"];
            };
        };
        responses: {
            /** @description Waiting for a second person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDeposit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                depositId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deposit. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deposit"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    requestPayout: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PayoutToRequest"];
            };
        };
        responses: {
            /** @description Waiting for a second person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPayout: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payoutId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payout. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payout"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    payIntoEmbeddedBank: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BankTransfer"];
            };
        };
        responses: {
            /** @description The bank took it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BankTransfer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listFeeParameters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every fee and tax rate with the dates it holds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["FeeParameter"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setFeeParameter: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeeParameterToSet"];
            };
        };
        responses: {
            /** @description Waiting for a second person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    correctObject: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ObjectCorrection"];
            };
        };
        responses: {
            /** @description Waiting for a second person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listApprovals: {
        parameters: {
            query?: {
                state?: "pending" | "approved" | "returned" | "expired";
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
            /** @description A page of approvals, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                approvalId: components["parameters"]["ApprovalId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The approval with its payload. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    decideApproval: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                approvalId: components["parameters"]["ApprovalId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
        responses: {
            /** @description Decided; an approval carries the result of what it executed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listWaitingBooks: {
        parameters: {
            query: {
                waitedMs: number;
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
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitingBookPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listObjectPacks: {
        parameters: {
            query: {
                book: string;
                fromSequence: string;
                /** @description The greatest number of items in the answer. */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The packs in sequence order; empty objects for events that report nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObjectPackPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
