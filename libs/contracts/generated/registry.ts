// Generated from openapi/registry.yaml by `npm run generate`; do not edit.

export interface paths {
    "/v1/subjects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Subjects, newest first, personal data masked. */
        get: operations["listSubjects"];
        put?: never;
        /** @description Registers an organisation or a person; one subject an identity. Maker-checked. */
        post: operations["registerSubject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-searches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description The subject of a certificate; the number travels in the body so that no log of addresses holds it. */
        post: operations["searchSubjects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/{subjectId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                subjectId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description The subject, personal data masked; an investor sees the own one only. */
        get: operations["getSubject"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subjects/{subjectId}/suitability-evidence": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                subjectId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Adds evidence of a qualified investor (R10, R11) and gives the subject the investor role. Maker-checked. */
        post: operations["addSuitabilityEvidence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Stores a document of at most 10 MiB; the answer names its SM3 digest. */
        post: operations["uploadDocument"];
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
        /** @description The bytes of the document as they were uploaded; the read is audited. */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/issuers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Takes an issuer and its product into custody (F1). Maker-checked. */
        post: operations["onboardIssuer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/securities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Securities in custody. */
        get: operations["listSecurities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/securities/{securityId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                securityId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description One security with its issuer. */
        get: operations["getSecurity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/securities/{securityId}/holder-exemptions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                securityId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Grants an exception from the holder limit by law (R9). Maker-checked. */
        post: operations["grantHolderExemption"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Accounts; an investor sees own ones only. */
        get: operations["listAccounts"];
        put?: never;
        /** @description Opens the securities account and the fund account of an investor (F2). Maker-checked. */
        post: operations["openAccounts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{accountId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description One account. */
        get: operations["getAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/investor-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Records the investor code that the supervisory side allocated; posts the next version of the subject. */
        post: operations["recordInvestorCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rule-parameters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Every rule parameter with the date from which it holds. */
        get: operations["listRuleParameters"];
        put?: never;
        /** @description Sets a rule parameter from a date on; the past never changes. Maker-checked. */
        post: operations["setRuleParameter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/share-natures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The code list of share natures (股份性质). */
        get: operations["listShareNatures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfer-previews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Every rule that stands against a transfer, all at once, with parameter and observed value. */
        get: operations["previewTransfer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/business-day": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The current business day. */
        get: operations["getBusinessDay"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/business-days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Opens the next business day and closes the one before. Maker-checked. */
        post: operations["openBusinessDay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calendar-days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The trading calendar between two dates, at most 400 days. */
        get: operations["listCalendarDays"];
        put?: never;
        /** @description Enters days of the trading calendar after the notice of the State Council's general office. Maker-checked. */
        post: operations["enterCalendarDays"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roster-template": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The workbook to fill in (xlsx). */
        get: operations["getRosterTemplate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roster-imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Checks an uploaded roster (股东名册) as a job; nothing is posted yet. */
        post: operations["startRosterImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                jobId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description How far a job is. */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roster-imports/{importId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                importId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description The outcome of the check, and what became of it. */
        get: operations["getRosterImport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roster-imports/{importId}/result": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                importId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description The sheet as uploaded with a column 错误 that says what is wrong in which row. */
        get: operations["getRosterImportResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roster-imports/{importId}/postings": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                importId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Posts a checked roster as the initial registration (F3), all of it or nothing; bound to the hash of what was checked. Maker-checked. */
        post: operations["postRosterImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roster-imports/{importId}/reversals": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                importId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Reverses a wrong initial registration while nothing has moved since. Maker-checked. */
        post: operations["reverseRosterImport"];
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
        /** @description Re-issues a regulator object that the supervisory side rejected, as an overwrite or an update. Maker-checked. */
        post: operations["correctObject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Reserves shares for settlement; every rule is checked. Idempotent by instruction. */
        post: operations["reserveShares"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservation-commits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Commits reservations after checking every rule again; from here a delivery cannot be refused. Idempotent by instruction. */
        post: operations["commitReservations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Delivers committed reservations of one cycle and fixes the regulator objects. Idempotent by instruction. */
        post: operations["deliverShares"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservation-returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Gives reserved shares back. Idempotent by instruction. */
        post: operations["returnReservations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/delivery-reversals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Reverses deliveries by new, linked postings while the shares have not moved. Idempotent by instruction. */
        post: operations["reverseDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/holdings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Holdings of one investor; an investor sees the own ones only. */
        get: operations["listHoldings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/holding-changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description How the holdings of one investor in one security came about, newest first, with the figures before and after. */
        get: operations["listHoldingChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/securities/{securityId}/roster": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                securityId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description Holders of a security as of a business date (asOf, by default the current one), as it was known at a moment (knownAt, by default now). */
        get: operations["getRoster"];
        put?: never;
        post?: never;
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
    "/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Approvals, newest first; personal data in payloads masked. */
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
                approvalId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        /** @description The approval with its payload, personal data masked. */
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
                approvalId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description A second person approves exactly the payload of that hash, or returns it. Every refusal of the operation itself may be the answer too. */
        post: operations["decideApproval"];
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
        /** @enum {string} */
        CertificateType: "uscc" | "resident-id" | "passport" | "hk-macau-permit" | "taiwan-permit" | "foreign-permanent-resident" | "product-record" | "foreign-registration";
        /** @enum {string} */
        SubjectNature: "natural-person" | "company" | "partnership" | "managed-plan" | "other-product" | "public-body" | "other-organisation";
        CertificateNumber: string;
        /** @description A share above 0 and at most 1, up to eight decimals. */
        Ratio: string;
        BeneficialOwner: {
            name: string;
            certificateType: components["schemas"]["CertificateType"];
            certificateNumber: components["schemas"]["CertificateNumber"];
            ratio: components["schemas"]["Ratio"];
        };
        NewSubject: {
            nature: components["schemas"]["SubjectNature"];
            name: string;
            certificateType: components["schemas"]["CertificateType"];
            certificateNumber: components["schemas"]["CertificateNumber"];
            phone?: string;
            address?: string;
            /** @description GB/T 2260 code of the place of registration; read from the USCC where absent. */
            region?: string;
            /** @default CN */
            nationality?: string;
            beneficialOwners?: components["schemas"]["BeneficialOwner"][];
        };
        SubjectSearch: {
            certificateType: components["schemas"]["CertificateType"];
            certificateNumber: components["schemas"]["CertificateNumber"];
        };
        /** @enum {string} */
        EvidenceCondition: "financial-assets" | "investment-experience" | "finance-work-experience" | "net-assets" | "managed-plan";
        NewEvidence: {
            condition: components["schemas"]["EvidenceCondition"];
            amountFen?: components["schemas"]["Fen"];
            months?: number;
            documentId: components["schemas"]["Uuid"];
            verifier: string;
            verifiedOn: components["schemas"]["LocalDate"];
            validFrom: components["schemas"]["LocalDate"];
            validUntil: components["schemas"]["LocalDate"];
        };
        Evidence: {
            evidenceId: components["schemas"]["Uuid"];
            condition: components["schemas"]["EvidenceCondition"];
            amountFen?: components["schemas"]["Fen"];
            months?: number;
            documentId: components["schemas"]["Uuid"];
            verifier: string;
            verifiedOn: components["schemas"]["LocalDate"];
            validFrom: components["schemas"]["LocalDate"];
            validUntil: components["schemas"]["LocalDate"];
        };
        Subject: {
            subjectId: components["schemas"]["Uuid"];
            objectId: string;
            version: string;
            revision: string;
            /** @enum {string} */
            kind: "organisation" | "person";
            nature: components["schemas"]["SubjectNature"];
            /** @description Masked for persons. */
            name: string;
            certificateType: components["schemas"]["CertificateType"];
            /** @description Masked for persons. */
            certificateNumber: string;
            /** @description Masked. */
            phone?: string;
            /** @description Masked. */
            address?: string;
            region?: string;
            nationality: string;
            roles: ("investor" | "issuer" | "market")[];
            lookThrough: boolean;
            investorCode?: string;
            shareholdersNumber?: number;
            registeredOn: components["schemas"]["LocalDate"];
            evidence: components["schemas"]["Evidence"][];
            beneficialOwnerCount: number;
        };
        SubjectPage: {
            items: components["schemas"]["Subject"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        Document: {
            documentId: components["schemas"]["Uuid"];
            fileName: string;
            sizeBytes: number;
            sm3: components["schemas"]["Sm3Digest"];
        };
        NewProduct: {
            code: string;
            name: string;
            abbreviation: string;
            /** @description share or another type; R1 says which are permitted. */
            productType: string;
            issuedCapital: components["schemas"]["PositiveShareQuantity"];
            registeredCapitalFen: components["schemas"]["PositiveFen"];
            agreementDocumentId: components["schemas"]["Uuid"];
        };
        NewIssuer: {
            subjectId: components["schemas"]["Uuid"];
            companyCode: string;
            /** @enum {string} */
            layer: "F" | "G" | "P" | "T" | "";
            product: components["schemas"]["NewProduct"];
        };
        Security: {
            securityId: components["schemas"]["Uuid"];
            objectId: string;
            version: string;
            revision: string;
            code: string;
            name: string;
            abbreviation: string;
            productType: string;
            issuedCapital: components["schemas"]["ShareQuantity"];
            registeredCapitalFen: components["schemas"]["Fen"];
            /** @enum {string} */
            status: "active" | "suspended" | "exited";
            issuerSubjectId: components["schemas"]["Uuid"];
            issuerName: string;
            companyCode: string;
            layer: string;
            onboardedOn: components["schemas"]["LocalDate"];
            issueAccountId: components["schemas"]["Uuid"];
            exemption?: components["schemas"]["Exemption"];
        };
        SecurityPage: {
            items: components["schemas"]["Security"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        NewExemption: {
            basis: string;
            cap: number;
            validFrom: components["schemas"]["LocalDate"];
            validUntil: components["schemas"]["LocalDate"];
            documentId: components["schemas"]["Uuid"];
        };
        Exemption: {
            exemptionId: components["schemas"]["Uuid"];
            basis: string;
            cap: number;
            validFrom: components["schemas"]["LocalDate"];
            validUntil: components["schemas"]["LocalDate"];
        };
        NewAccounts: {
            subjectId: components["schemas"]["Uuid"];
        };
        Account: {
            accountId: components["schemas"]["Uuid"];
            objectId: string;
            version: string;
            subjectId: components["schemas"]["Uuid"];
            /** @enum {string} */
            kind: "securities" | "fund";
            number: string;
            linkedAccountId?: components["schemas"]["Uuid"];
            /** @enum {string} */
            status: "normal" | "closed" | "frozen" | "unverified";
            openedOn: components["schemas"]["LocalDate"];
        };
        AccountPage: {
            items: components["schemas"]["Account"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        InvestorCode: {
            subjectObjectId: string;
            subjectVersion: string;
            investorCode: string;
            resultHash: components["schemas"]["Sm3Digest"];
        };
        InvestorCodeAnswer: {
            objectId: string;
            version: string;
        };
        NewRuleParameter: {
            rule: string;
            name: string;
            value: string;
            validFrom: components["schemas"]["LocalDate"];
            basis: string;
        };
        RuleParameter: {
            rule: string;
            name: string;
            value: string;
            validFrom: components["schemas"]["LocalDate"];
            basis: string;
            recordedAt: components["schemas"]["Instant"];
            setBy?: string;
        };
        RuleParameterList: {
            items: components["schemas"]["RuleParameter"][];
        };
        ShareNature: {
            code: string;
            labelZh: string;
            labelEn: string;
            groupCode: string;
            tradable: boolean;
            restricted: boolean;
            moneyValued: boolean;
            legalEffect: boolean;
        };
        ShareNatureList: {
            items: components["schemas"]["ShareNature"][];
        };
        Finding: {
            rule: string;
            code: string;
            params: {
                [key: string]: string;
            };
            title: string;
            detail: string;
        };
        TransferPreview: {
            allowed: boolean;
            businessDate: components["schemas"]["LocalDate"];
            findings: components["schemas"]["Finding"][];
        };
        BusinessDay: {
            businessDate: components["schemas"]["LocalDate"];
            /** @enum {string} */
            state: "open" | "closed";
            openedAt: components["schemas"]["Instant"];
        };
        BusinessDayToOpen: {
            businessDate: components["schemas"]["LocalDate"];
        };
        CalendarDay: {
            date: components["schemas"]["LocalDate"];
            open: boolean;
            provisional: boolean;
            source: string;
        };
        CalendarDayList: {
            items: components["schemas"]["CalendarDay"][];
        };
        NewCalendarDay: {
            date: components["schemas"]["LocalDate"];
            open: boolean;
        };
        NewCalendarDays: {
            source: string;
            days: components["schemas"]["NewCalendarDay"][];
        };
        NewRosterImport: {
            securityId: components["schemas"]["Uuid"];
            documentId: components["schemas"]["Uuid"];
        };
        Job: {
            jobId: components["schemas"]["Uuid"];
            /** @enum {string} */
            kind: "roster-import";
            /** @enum {string} */
            state: "queued" | "running" | "succeeded" | "failed";
            rowsDone: number;
            rowsTotal?: number;
            createdAt: components["schemas"]["Instant"];
            finishedAt?: components["schemas"]["Instant"];
        };
        JobAnswer: {
            job: components["schemas"]["Job"];
        };
        RosterFault: {
            /** @description Row of the sheet, from 1. */
            row?: number;
            column?: string;
            cell?: string;
            code: string;
            detail: string;
            params?: {
                [key: string]: string;
            };
        };
        RosterImport: {
            importId: components["schemas"]["Uuid"];
            securityId: components["schemas"]["Uuid"];
            documentId: components["schemas"]["Uuid"];
            /** @enum {string} */
            state: "checking" | "refused" | "passed" | "posted" | "reversed";
            rowCount?: number;
            errorCount?: number;
            totalShares?: components["schemas"]["ShareQuantity"];
            issuedCapital?: components["schemas"]["ShareQuantity"];
            contentHash?: components["schemas"]["Sm3Digest"];
            /** @description The first 200; all of them stand in the result sheet. */
            faults: components["schemas"]["RosterFault"][];
            postedEventId?: components["schemas"]["Uuid"];
            postedOn?: components["schemas"]["LocalDate"];
        };
        RosterPosting: {
            contentHash: components["schemas"]["Sm3Digest"];
        };
        Reason: {
            reason: string;
        };
        ObjectCorrection: {
            objectId: string;
            version: string;
            /** @enum {string} */
            operation: "overwrite" | "update";
            reason: string;
            /** @description Lane sequence of the rejected record. */
            corrects?: string;
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
        ReservationItem: {
            instructionId: components["schemas"]["Uuid"];
            securityId: components["schemas"]["Uuid"];
            sellerAccountId: components["schemas"]["Uuid"];
            buyerAccountId: components["schemas"]["Uuid"];
            natureCode: string;
            quantity: components["schemas"]["PositiveShareQuantity"];
            deadline: components["schemas"]["Instant"];
        };
        ReservationRequest: {
            items: components["schemas"]["ReservationItem"][];
        };
        ReservationOutcome: {
            instructionId: components["schemas"]["Uuid"];
            /** @enum {string} */
            outcome: "reserved" | "refused";
            reservationId?: string;
            findings?: components["schemas"]["Finding"][];
        };
        ReservationAnswer: {
            items: components["schemas"]["ReservationOutcome"][];
        };
        CommitItem: {
            instructionId: components["schemas"]["Uuid"];
        };
        CommitRequest: {
            items: components["schemas"]["CommitItem"][];
        };
        CommitOutcome: {
            instructionId: components["schemas"]["Uuid"];
            /** @enum {string} */
            outcome: "committed" | "refused";
            findings?: components["schemas"]["Finding"][];
        };
        CommitAnswer: {
            items: components["schemas"]["CommitOutcome"][];
        };
        DeliveryItem: {
            instructionId: components["schemas"]["Uuid"];
            amountFen: components["schemas"]["Fen"];
            /** @description Yuan per share. */
            unitPrice: string;
            /** @enum {string} */
            method: "1" | "2";
            agreementHash: components["schemas"]["Sm3Digest"];
            agreementNumber: string;
            dealTime: components["schemas"]["Instant"];
        };
        DeliveryRequest: {
            cycleId: components["schemas"]["Uuid"];
            items: components["schemas"]["DeliveryItem"][];
        };
        ObjectVersion: {
            objectId: string;
            version: string;
        };
        DeliveryReferences: {
            transferReport: components["schemas"]["ObjectVersion"];
            product: components["schemas"]["ObjectVersion"];
            sellerFundAccount: components["schemas"]["ObjectVersion"];
            buyerFundAccount: components["schemas"]["ObjectVersion"];
            seller: components["schemas"]["ObjectVersion"];
            buyer: components["schemas"]["ObjectVersion"];
        };
        DeliveryOutcome: {
            instructionId: components["schemas"]["Uuid"];
            /** @enum {string} */
            outcome: "delivered" | "refused";
            eventId?: components["schemas"]["Uuid"];
            book?: string;
            sequence?: string;
            businessDate?: components["schemas"]["LocalDate"];
            references?: components["schemas"]["DeliveryReferences"];
            findings?: components["schemas"]["Finding"][];
        };
        DeliveryAnswer: {
            items: components["schemas"]["DeliveryOutcome"][];
        };
        ReturnItem: {
            instructionId: components["schemas"]["Uuid"];
            reason: string;
        };
        ReturnRequest: {
            items: components["schemas"]["ReturnItem"][];
        };
        ReturnOutcome: {
            instructionId: components["schemas"]["Uuid"];
            /**
             * @description unknown - the registry never reserved for this instruction.
             * @enum {string}
             */
            outcome: "returned" | "already-delivered" | "unknown";
        };
        ReturnAnswer: {
            items: components["schemas"]["ReturnOutcome"][];
        };
        ReversalItem: {
            instructionId: components["schemas"]["Uuid"];
            originalInstructionId: components["schemas"]["Uuid"];
            reason: string;
        };
        ReversalRequest: {
            items: components["schemas"]["ReversalItem"][];
        };
        ReversalOutcome: {
            instructionId: components["schemas"]["Uuid"];
            /** @enum {string} */
            outcome: "reversed" | "refused";
            eventId?: components["schemas"]["Uuid"];
            book?: string;
            sequence?: string;
            businessDate?: components["schemas"]["LocalDate"];
            references?: components["schemas"]["DeliveryReferences"];
            findings?: components["schemas"]["Finding"][];
        };
        ReversalAnswer: {
            items: components["schemas"]["ReversalOutcome"][];
        };
        Holding: {
            securityId: components["schemas"]["Uuid"];
            securityCode: string;
            securityName: string;
            accountId: components["schemas"]["Uuid"];
            accountNumber: string;
            natureCode: string;
            objectId: string;
            version: string;
            total: components["schemas"]["ShareQuantity"];
            /** @description As reported; reserved shares included. */
            available: components["schemas"]["ShareQuantity"];
            /** @description Under no claim at all. */
            free: components["schemas"]["ShareQuantity"];
            reserved: components["schemas"]["ShareQuantity"];
            pledged: components["schemas"]["ShareQuantity"];
            frozen: components["schemas"]["ShareQuantity"];
        };
        HoldingPage: {
            items: components["schemas"]["Holding"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        FigureChange: {
            before: components["schemas"]["ShareQuantity"];
            change: string;
            after: components["schemas"]["ShareQuantity"];
        };
        HoldingChange: {
            eventId: components["schemas"]["Uuid"];
            kind: string;
            sequence: string;
            effectiveOn: components["schemas"]["LocalDate"];
            recordedAt: components["schemas"]["Instant"];
            accountId: components["schemas"]["Uuid"];
            natureCode: string;
            version: string;
            total: components["schemas"]["FigureChange"];
            available: components["schemas"]["FigureChange"];
            pledged: components["schemas"]["FigureChange"];
            frozen: components["schemas"]["FigureChange"];
        };
        HoldingChangePage: {
            items: components["schemas"]["HoldingChange"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        RosterEntry: {
            subjectId: components["schemas"]["Uuid"];
            accountId: components["schemas"]["Uuid"];
            accountNumber: string;
            natureCode: string;
            total: components["schemas"]["ShareQuantity"];
            available: components["schemas"]["ShareQuantity"];
            pledged: components["schemas"]["ShareQuantity"];
            frozen: components["schemas"]["ShareQuantity"];
        };
        RosterPage: {
            securityId: components["schemas"]["Uuid"];
            asOf: components["schemas"]["LocalDate"];
            knownAt: components["schemas"]["Instant"];
            /** @description Distinct holders of record. */
            holders: number;
            total: components["schemas"]["ShareQuantity"];
            items: components["schemas"]["RosterEntry"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * Format: fen
         * @description Money in fen (分), 0 to 10^15 - 1, as a decimal string.
         */
        Fen: string;
        /** Format: uuid */
        Uuid: string;
        /**
         * Format: date
         * @description A calendar date of the market (Asia/Shanghai).
         */
        LocalDate: string;
        /** @description The cursor of the next page; null on the last. */
        NextCursor: string | null;
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
         * Format: share-quantity
         * @description Whole shares, 0 to 2^53 - 1, as a decimal string.
         */
        ShareQuantity: string;
        /**
         * Format: date-time
         * @description A moment in UTC with milliseconds.
         */
        Instant: string;
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
    listSubjects: {
        parameters: {
            query?: {
                role?: "investor" | "issuer" | "market";
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
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    registerSubject: {
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
                "application/json": components["schemas"]["NewSubject"];
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
    searchSubjects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubjectSearch"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getSubject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                subjectId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subject"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addSuitabilityEvidence: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                subjectId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEvidence"];
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
    uploadDocument: {
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
    getDocument: {
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
            /** @description The answer. */
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
    onboardIssuer: {
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
                "application/json": components["schemas"]["NewIssuer"];
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
    listSecurities: {
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
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecurityPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getSecurity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                securityId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Security"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    grantHolderExemption: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                securityId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewExemption"];
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
    listAccounts: {
        parameters: {
            query?: {
                subjectId?: components["schemas"]["Uuid"];
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
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    openAccounts: {
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
                "application/json": components["schemas"]["NewAccounts"];
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
    getAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                accountId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    recordInvestorCode: {
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
                "application/json": components["schemas"]["InvestorCode"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvestorCodeAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listRuleParameters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleParameterList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setRuleParameter: {
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
                "application/json": components["schemas"]["NewRuleParameter"];
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
    listShareNatures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareNatureList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    previewTransfer: {
        parameters: {
            query: {
                securityId: components["schemas"]["Uuid"];
                sellerAccountId: components["schemas"]["Uuid"];
                buyerAccountId: components["schemas"]["Uuid"];
                natureCode: string;
                quantity: components["schemas"]["PositiveShareQuantity"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransferPreview"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getBusinessDay: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusinessDay"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    openBusinessDay: {
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
                "application/json": components["schemas"]["BusinessDayToOpen"];
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
    listCalendarDays: {
        parameters: {
            query: {
                from: components["schemas"]["LocalDate"];
                until: components["schemas"]["LocalDate"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarDayList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    enterCalendarDays: {
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
                "application/json": components["schemas"]["NewCalendarDays"];
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
    getRosterTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    startRosterImport: {
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
                "application/json": components["schemas"]["NewRosterImport"];
            };
        };
        responses: {
            /** @description The job was queued. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                jobId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getRosterImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                importId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RosterImport"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getRosterImportResult: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                importId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    postRosterImport: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                importId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RosterPosting"];
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
    reverseRosterImport: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                importId: components["schemas"]["Uuid"];
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
    reserveShares: {
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
                "application/json": components["schemas"]["ReservationRequest"];
            };
        };
        responses: {
            /** @description One outcome for each item, in the order of the items. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    commitReservations: {
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
                "application/json": components["schemas"]["CommitRequest"];
            };
        };
        responses: {
            /** @description One outcome for each item, in the order of the items. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommitAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deliverShares: {
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
                "application/json": components["schemas"]["DeliveryRequest"];
            };
        };
        responses: {
            /** @description One outcome for each item, in the order of the items. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    returnReservations: {
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
                "application/json": components["schemas"]["ReturnRequest"];
            };
        };
        responses: {
            /** @description One outcome for each item, in the order of the items. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReturnAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reverseDelivery: {
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
                "application/json": components["schemas"]["ReversalRequest"];
            };
        };
        responses: {
            /** @description One outcome for each item, in the order of the items. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReversalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listHoldings: {
        parameters: {
            query: {
                subjectId: components["schemas"]["Uuid"];
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
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoldingPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listHoldingChanges: {
        parameters: {
            query: {
                subjectId: components["schemas"]["Uuid"];
                securityId: components["schemas"]["Uuid"];
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
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoldingChangePage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getRoster: {
        parameters: {
            query?: {
                asOf?: components["schemas"]["LocalDate"];
                knownAt?: components["schemas"]["Instant"];
                /** @description The greatest number of items in the answer. */
                limit?: components["parameters"]["Limit"];
                /** @description The nextCursor of the page before; opaque and signed. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                securityId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RosterPage"];
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
            /** @description The answer. */
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
                approvalId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
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
                approvalId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
        responses: {
            /** @description The answer. */
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
}
