// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import java.util.List;

/**
 * The statements that describe what is in a schema: each gives names and descriptions. The schema comes behind {@code
 * pg_catalog} in the path, so that the server prints what is in it without its name; oids never show.
 */
final class CatalogSql {

    /** Where the oid of the schema goes. */
    static final String OID = "@";

    private static final String TABLES = """
            SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view'
                       WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type'
                       ELSE 'relation' END || ' ' || quote_ident(c.relname),
                   concat_ws(', ', 'kind ' || c.relkind::text, 'persistence ' || c.relpersistence::text,
                       'access ' || (SELECT amname FROM pg_am WHERE oid = c.relam),
                       'partitioned by ' || pg_get_partkeydef(c.oid),
                       'partition of ' || (SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno)
                                           FROM pg_inherits WHERE inhrelid = c.oid AND c.relispartition)
                           || ' ' || pg_get_expr(c.relpartbound, c.oid),
                       'inherits ' || (SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno)
                                       FROM pg_inherits WHERE inhrelid = c.oid AND NOT c.relispartition),
                       'of ' || (SELECT c.reloftype::regtype::text WHERE c.reloftype <> 0),
                       'with ' || array_to_string(c.reloptions, ', '),
                       'tablespace ' || (SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace),
                       CASE WHEN c.relrowsecurity THEN 'row security' END,
                       CASE WHEN c.relforcerowsecurity THEN 'row security forced' END,
                       CASE WHEN c.relkind IN ('r', 'p', 'm') THEN 'replica identity ' || c.relreplident::text END,
                       CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 'not populated' END,
                       (SELECT 'server ' || s.srvname || ' ' || coalesce(array_to_string(f.ftoptions, ', '), '')
                        FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid),
                       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
            FROM pg_class c WHERE c.relnamespace = @ AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
            """;

    private static final String COLUMNS = """
            SELECT 'column ' || quote_ident(c.relname) || '.' || quote_ident(a.attname),
                   concat_ws(' ', '#' || rank() OVER (PARTITION BY c.oid ORDER BY a.attnum),
                       format_type(a.atttypid, a.atttypmod),
                       (SELECT 'collate ' || quote_ident(l.collname) FROM pg_collation l
                        WHERE l.oid = a.attcollation AND l.oid <> t.typcollation),
                       CASE WHEN a.attnotnull THEN 'not null' END,
                       CASE WHEN a.attidentity <> '' THEN 'identity ' || a.attidentity::text END,
                       CASE WHEN a.attgenerated <> '' THEN 'generated ' || a.attgenerated::text ELSE
                           CASE WHEN a.atthasdef THEN 'default' END END,
                       (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
                        WHERE d.adrelid = c.oid AND d.adnum = a.attnum),
                       CASE WHEN a.attstorage <> t.typstorage THEN 'storage ' || a.attstorage::text END,
                       CASE WHEN a.attcompression <> '' THEN 'compression ' || a.attcompression::text END,
                       'statistics ' || nullif(a.attstattarget, -1),
                       CASE WHEN NOT a.attislocal THEN 'inherited' END,
                       'options ' || array_to_string(a.attoptions, ', '),
                       'options ' || array_to_string(a.attfdwoptions, ', '))
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
            WHERE c.relnamespace = @ AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
              AND a.attnum > 0 AND NOT a.attisdropped
            """;

    private static final String CONSTRAINTS = """
            SELECT 'constraint ' || quote_ident(o.conname) || ' on '
                       || CASE WHEN o.conrelid <> 0 THEN o.conrelid::regclass::text ELSE o.contypid::regtype::text END,
                   concat_ws(' ', pg_get_constraintdef(o.oid, true),
                       CASE WHEN NOT o.convalidated THEN 'not validated' END,
                       CASE WHEN NOT o.conislocal THEN 'inherited' END)
            FROM pg_constraint o WHERE o.connamespace = @
            """;

    private static final String INDEXES = """
            SELECT 'index ' || quote_ident(c.relname),
                   concat_ws(', ', pg_get_indexdef(i.indexrelid, 0, true),
                       'tablespace ' || (SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace),
                       CASE WHEN NOT i.indisvalid THEN 'invalid' END, CASE WHEN NOT i.indisready THEN 'not ready' END,
                       CASE WHEN i.indisclustered THEN 'clustered' END,
                       CASE WHEN i.indisreplident THEN 'replica identity' END)
            FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = @
            """;

    /** A constraint's own triggers have an oid in their names. */
    private static final String TRIGGERS = """
            SELECT 'trigger ' || CASE WHEN t.tgisinternal THEN 'of constraint ' || coalesce(quote_ident(o.conname), '?')
                                 ELSE quote_ident(t.tgname) END || ' on ' || t.tgrelid::regclass::text,
                   concat_ws(', ', 'enabled ' || t.tgenabled::text,
                       CASE WHEN t.tgisinternal THEN t.tgfoid::regproc::text || ' ' || t.tgtype
                           ELSE pg_get_triggerdef(t.oid, true) END)
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid LEFT JOIN pg_constraint o ON o.oid = t.tgconstraint
            WHERE c.relnamespace = @
            """;

    private static final String RULES = """
            SELECT 'rule ' || quote_ident(r.rulename) || ' on ' || r.ev_class::regclass::text,
                   concat_ws(', ', 'enabled ' || r.ev_enabled::text, pg_get_ruledef(r.oid, true))
            FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
            WHERE c.relnamespace = @ AND r.rulename <> '_RETURN'
            """;

    private static final String POLICIES = """
            SELECT 'policy ' || quote_ident(p.polname) || ' on ' || p.polrelid::regclass::text,
                   concat_ws(', ', 'for ' || p.polcmd::text, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
                       'to ' || (SELECT string_agg(CASE WHEN r = 0 THEN 'public' ELSE r::regrole::text END, ', '
                                                   ORDER BY CASE WHEN r = 0 THEN 'public' ELSE r::regrole::text END)
                                 FROM unnest(p.polroles) r),
                       'using ' || pg_get_expr(p.polqual, p.polrelid),
                       'with check ' || pg_get_expr(p.polwithcheck, p.polrelid))
            FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = @
            """;

    private static final String FUNCTIONS = """
            SELECT 'function ' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')',
                   concat_ws(', ', 'kind ' || p.prokind::text, pg_get_function_arguments(p.oid),
                       'returns ' || pg_get_function_result(p.oid), l.lanname, 'volatility ' || p.provolatile::text,
                       'parallel ' || p.proparallel::text, 'cost ' || p.procost, 'rows ' || p.prorows,
                       CASE WHEN p.prosecdef THEN 'security definer' END, CASE WHEN p.proisstrict THEN 'strict' END,
                       CASE WHEN p.proleakproof THEN 'leakproof' END, 'set ' || array_to_string(p.proconfig, ', '),
                       'support ' || nullif(p.prosupport::oid, 0)::regproc::text, p.probin,
                       coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
                       (SELECT concat_ws(' ', g.aggkind, g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggserialfn,
                                   g.aggdeserialfn, g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn,
                                   format_type(g.aggtranstype, NULL), g.agginitval, g.aggminitval)
                        FROM pg_aggregate g WHERE g.aggfnoid = p.oid))
            FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = @
            """;

    private static final String SEQUENCES = """
            SELECT 'sequence ' || quote_ident(c.relname),
                   concat_ws(', ', format_type(s.seqtypid, NULL), 'start ' || s.seqstart, 'by ' || s.seqincrement,
                       'from ' || s.seqmin, 'to ' || s.seqmax, 'cache ' || s.seqcache,
                       CASE WHEN s.seqcycle THEN 'cycle' END, 'persistence ' || c.relpersistence::text,
                       (SELECT 'owned by ' || d.refobjid::regclass || '.' || quote_ident(a.attname)
                        FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refobjsubid > 0
                          AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
            FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid WHERE c.relnamespace = @
            """;

    private static final String TYPES = """
            SELECT 'type ' || quote_ident(t.typname),
                   concat_ws(', ', 'kind ' || t.typtype::text,
                       (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                        FROM pg_enum e WHERE e.enumtypid = t.oid),
                       CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
                       CASE WHEN t.typtype = 'd' AND t.typnotnull THEN 'not null' END,
                       'default ' || coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault),
                       (SELECT 'collate ' || quote_ident(l.collname) FROM pg_collation l WHERE l.oid = t.typcollation),
                       (SELECT concat_ws(' ', format_type(r.rngsubtype, NULL), r.rngcanonical, r.rngsubdiff,
                                   (SELECT opcname FROM pg_opclass WHERE oid = r.rngsubopc),
                                   (SELECT collname FROM pg_collation WHERE oid = r.rngcollation))
                        FROM pg_range r WHERE r.rngtypid = t.oid),
                       CASE WHEN t.typtype = 'b' THEN concat_ws(' ', t.typinput, t.typoutput, t.typlen, t.typalign) END)
            FROM pg_type t WHERE t.typnamespace = @ AND t.typtype <> 'c'
              AND NOT EXISTS (SELECT 1 FROM pg_type e WHERE e.typarray = t.oid)
            """;

    private static final String STATISTICS = """
            SELECT 'statistics ' || quote_ident(x.stxname),
                   concat_ws(', ', x.stxrelid::regclass::text, array_to_string(x.stxkind, ' '),
                       pg_get_statisticsobjdef_columns(x.oid), 'target ' || nullif(x.stxstattarget, -1))
            FROM pg_statistic_ext x WHERE x.stxnamespace = @
            """;

    /** Operators, collations, text search and the like: that they are there. */
    private static final String OTHERS = """
            SELECT i.type || ' ' || replace(i.identity, quote_ident(n.nspname) || '.', ''), ''
            FROM pg_namespace n
            JOIN pg_depend d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid
            CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) i
            WHERE n.oid = @ AND d.deptype = 'n' AND d.classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass,
                'pg_type'::regclass, 'pg_statistic_ext'::regclass, 'pg_constraint'::regclass)
            """;

    private static final String RIGHTS = """
            SELECT 'rights on ' || o.what, 'owner ' || o.owner::regrole::text || ', ' || coalesce(
                       (SELECT string_agg(concat(CASE WHEN a.grantee = 0 THEN 'public' ELSE a.grantee::regrole::text END,
                                   ' ', a.privilege_type, CASE WHEN a.is_grantable THEN '*' END), ', ' ORDER BY
                               CASE WHEN a.grantee = 0 THEN 'public' ELSE a.grantee::regrole::text END, a.privilege_type)
                        FROM aclexplode(o.acl) a), 'nobody')
            FROM (
                SELECT 'schema' AS what, nspowner AS owner, coalesce(nspacl, acldefault('n', nspowner)) AS acl
                FROM pg_namespace WHERE oid = @
                UNION ALL SELECT 'relation ' || quote_ident(relname), relowner,
                    coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
                FROM pg_class WHERE relnamespace = @ AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
                UNION ALL SELECT 'column ' || quote_ident(c.relname) || '.' || quote_ident(a.attname), c.relowner, a.attacl
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relnamespace = @ AND a.attacl IS NOT NULL AND NOT a.attisdropped
                UNION ALL SELECT 'function ' || quote_ident(proname) || '(' || pg_get_function_identity_arguments(oid) || ')',
                    proowner, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc WHERE pronamespace = @
                UNION ALL SELECT 'type ' || quote_ident(typname), typowner, coalesce(typacl, acldefault('T', typowner))
                FROM pg_type t WHERE typnamespace = @ AND typrelid = 0
                  AND NOT EXISTS (SELECT 1 FROM pg_type e WHERE e.typarray = t.oid)
                UNION ALL SELECT 'what is created: ' || defaclobjtype::text, defaclrole, defaclacl
                FROM pg_default_acl WHERE defaclnamespace = @) o
            """;

    private static final String COMMENTS = """
            SELECT 'comment on ' || o.what, d.description
            FROM (
                SELECT 'pg_class'::regclass AS class, c.oid, 0 AS sub, quote_ident(c.relname) AS what
                FROM pg_class c WHERE c.relnamespace = @
                UNION ALL SELECT 'pg_class'::regclass, c.oid, a.attnum, quote_ident(c.relname) || '.' || quote_ident(a.attname)
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = @ AND NOT a.attisdropped
                UNION ALL SELECT 'pg_proc'::regclass, oid, 0,
                    'function ' || quote_ident(proname) || '(' || pg_get_function_identity_arguments(oid) || ')'
                FROM pg_proc WHERE pronamespace = @
                UNION ALL SELECT 'pg_type'::regclass, oid, 0, 'type ' || quote_ident(typname)
                FROM pg_type WHERE typnamespace = @
                UNION ALL SELECT 'pg_constraint'::regclass, oid, 0, 'constraint ' || quote_ident(conname) || ' on '
                    || CASE WHEN conrelid <> 0 THEN conrelid::regclass::text ELSE contypid::regtype::text END
                FROM pg_constraint WHERE connamespace = @
                UNION ALL SELECT 'pg_trigger'::regclass, t.oid, 0,
                    'trigger ' || quote_ident(t.tgname) || ' on ' || t.tgrelid::regclass::text
                FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = @
                UNION ALL SELECT 'pg_policy'::regclass, p.oid, 0,
                    'policy ' || quote_ident(p.polname) || ' on ' || p.polrelid::regclass::text
                FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = @) o
            JOIN pg_description d ON d.classoid = o.class AND d.objoid = o.oid AND d.objsubid = o.sub
            """;

    static final List<String> ALL = List.of(
                    TABLES, COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, RULES, POLICIES, FUNCTIONS, SEQUENCES, TYPES,
                    STATISTICS, OTHERS, RIGHTS, COMMENTS);

    private CatalogSql() {}
}
