-- anniversary
SELECT
  "t0"."customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."anniversary_in" <= 7, FALSE)
  AND COALESCE("t0"."week_streak" >= 8, FALSE);

-- new-favourite
SELECT
  "t0"."customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."new_favourite" IS NOT NULL, FALSE)
  AND COALESCE("t0"."baskets_90" >= 5, FALSE);

-- quiet-after-heavy-use
SELECT
  "t0"."customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."baskets_365" >= 40, FALSE)
  AND COALESCE("t0"."baskets_30" <= 1, FALSE);

-- win-back
SELECT
  "t0"."customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."overdue_ratio" >= CAST(2.5 AS DOUBLE), FALSE)
  AND COALESCE("t0"."days_since_basket" >= 28, FALSE)
  AND COALESCE("t0"."baskets_365" >= 12, FALSE);

-- windows
SELECT
  "t18"."customer_id"
FROM (
  SELECT
    *
  FROM "insight" AS "t0"
  WHERE
    TRUE
    AND COALESCE(LOWER("t0"."language") IN (LOWER('en'), LOWER('DE')), FALSE)
    AND "t0"."customer_id" IN (
      SELECT
        "t15"."customer_id"
      FROM (
        SELECT
          "t13"."customer_id",
          COUNT(*) AS "times"
        FROM (
          SELECT
            "t12"."id",
            "t12"."customer_id",
            "t12"."name",
            "t12"."at",
            "t12"."properties",
            "t12"."day",
            "t12"."amount_cents",
            "t12"."items",
            "t12"."department",
            "t12"."discount_cents"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t7"."id",
                "t7"."customer_id",
                "t7"."name",
                "t7"."at",
                "t7"."properties",
                "t7"."day",
                "t7"."amount_cents",
                "t7"."items",
                "t7"."department",
                "t7"."discount_cents",
                "t3"."time_zone"
              FROM (
                SELECT
                  *
                FROM "event" AS "t1"
                WHERE
                  "t1"."name" = 'basket'
                  AND "t1"."at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T10:00:00') AS TIMESTAMP(6))
                  AND COALESCE("t1"."amount_cents" >= 2000, FALSE)
                  AND "t1"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-15T15:00:00') AS TIMESTAMP(6))
              ) AS "t7"
              INNER JOIN (
                SELECT
                  "t0"."customer_id",
                  "t0"."time_zone"
                FROM "insight" AS "t0"
              ) AS "t3"
                ON "t7"."customer_id" = "t3"."customer_id"
            ) AS "t9"
            WHERE
              (
                (
                  "t9"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-16T00:00:00') AS TIMESTAMP(6))
                )
                AND (
                  "t9"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T00:00:00') AS TIMESTAMP(6))
                )
                AND NOT (
                  "t9"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                "t9"."time_zone" IN ('Europe/Berlin')
                AND (
                  (
                    "t9"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-15T23:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t9"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T23:00:00') AS TIMESTAMP(6))
                  )
                )
              )
              OR (
                "t9"."time_zone" IN ('Asia/Tokyo')
                AND (
                  (
                    "t9"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-15T15:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t9"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T15:00:00') AS TIMESTAMP(6))
                  )
                )
              )
          ) AS "t12"
        ) AS "t13"
        GROUP BY
          1
      ) AS "t15"
      WHERE
        "t15"."times" >= 2
    )
    AND NOT (
      "t0"."customer_id" IN (
        SELECT
          "t14"."customer_id"
        FROM (
          SELECT
            "t11"."customer_id",
            COUNT(*) AS "times"
          FROM (
            SELECT
              "t10"."id",
              "t10"."customer_id",
              "t10"."name",
              "t10"."at",
              "t10"."properties",
              "t10"."day",
              "t10"."amount_cents",
              "t10"."items",
              "t10"."department",
              "t10"."discount_cents"
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  "t5"."id",
                  "t5"."customer_id",
                  "t5"."name",
                  "t5"."at",
                  "t5"."properties",
                  "t5"."day",
                  "t5"."amount_cents",
                  "t5"."items",
                  "t5"."department",
                  "t5"."discount_cents",
                  "t3"."time_zone"
                FROM (
                  SELECT
                    *
                  FROM "event" AS "t1"
                  WHERE
                    "t1"."name" = 'opened'
                    AND "t1"."at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T10:00:00') AS TIMESTAMP(6))
                    AND "t1"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T15:00:00') AS TIMESTAMP(6))
                ) AS "t5"
                INNER JOIN (
                  SELECT
                    "t0"."customer_id",
                    "t0"."time_zone"
                  FROM "insight" AS "t0"
                ) AS "t3"
                  ON "t5"."customer_id" = "t3"."customer_id"
              ) AS "t8"
              WHERE
                (
                  (
                    "t8"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-09T00:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t8"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T00:00:00') AS TIMESTAMP(6))
                  )
                  AND NOT (
                    "t8"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                  )
                )
                OR (
                  "t8"."time_zone" IN ('Europe/Berlin')
                  AND (
                    (
                      "t8"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T23:00:00') AS TIMESTAMP(6))
                    )
                    AND (
                      "t8"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T23:00:00') AS TIMESTAMP(6))
                    )
                  )
                )
                OR (
                  "t8"."time_zone" IN ('Asia/Tokyo')
                  AND (
                    (
                      "t8"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T15:00:00') AS TIMESTAMP(6))
                    )
                    AND (
                      "t8"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T15:00:00') AS TIMESTAMP(6))
                    )
                  )
                )
            ) AS "t10"
          ) AS "t11"
          GROUP BY
            1
        ) AS "t14"
        WHERE
          "t14"."times" >= 1
      )
    )
) AS "t18";

-- insights
WITH "t7" AS (
  SELECT
    "t6"."id",
    "t6"."customer_id",
    "t6"."name",
    "t6"."at",
    "t6"."properties",
    "t6"."day",
    "t6"."amount_cents",
    "t6"."items",
    "t6"."department",
    "t6"."discount_cents"
  FROM (
    SELECT
      *
    FROM "event" AS "t0"
    WHERE
      "t0"."day" <= 20528
  ) AS "t6"
  WHERE
    EXISTS(
      SELECT
        1
      FROM "touched" AS "t3"
      WHERE
        "t6"."customer_id" = "t3"."customer_id"
    )
)
SELECT
  "t57"."customer_id",
  "t57"."first_name",
  "t57"."language",
  "t57"."time_zone",
  "t57"."attributes",
  "t57"."created_at",
  "t57"."first_basket_at",
  "t57"."last_basket_at",
  COALESCE("t57"."baskets_30", 0) AS "baskets_30",
  COALESCE("t57"."spend_30", 0) AS "spend_30",
  COALESCE("t57"."baskets_90", 0) AS "baskets_90",
  COALESCE("t57"."spend_90", 0) AS "spend_90",
  COALESCE("t57"."baskets_365", 0) AS "baskets_365",
  COALESCE("t57"."spend_365", 0) AS "spend_365",
  "t57"."usual_interval",
  "t57"."favourite_department",
  "t57"."recent_favourite",
  "t57"."previous_favourite",
  COALESCE("t57"."week_streak", 0) AS "week_streak",
  20528 - CAST(FLOOR(CAST((
    TO_UNIXTIME("t57"."last_basket_at")
  ) AS DOUBLE) / (
    86400
  )) AS BIGINT) AS "days_since_basket",
  CAST((
    20528 - CAST(FLOOR(CAST((
      TO_UNIXTIME("t57"."last_basket_at")
    ) AS DOUBLE) / (
      86400
    )) AS BIGINT)
  ) AS DOUBLE) / "t57"."usual_interval" AS "overdue_ratio",
  CAST(FLOOR(
    CAST((
      TO_UNIXTIME(
        CAST(IF(
          (
            DATE("t57"."first_basket_at") + (
              GREATEST(2026 - EXTRACT(year FROM DATE("t57"."first_basket_at")), 1) * INTERVAL '1' YEAR
            )
          ) >= FROM_ISO8601_DATE('2026-03-16'),
          DATE("t57"."first_basket_at") + (
            GREATEST(2026 - EXTRACT(year FROM DATE("t57"."first_basket_at")), 1) * INTERVAL '1' YEAR
          ),
          DATE("t57"."first_basket_at") + (
            (
              GREATEST(2026 - EXTRACT(year FROM DATE("t57"."first_basket_at")), 1) + 1
            ) * INTERVAL '1' YEAR
          )
        ) AS TIMESTAMP)
      )
    ) AS DOUBLE) / (
      86400
    )
  ) AS BIGINT) - 20528 AS "anniversary_in",
  EXTRACT(year FROM IF(
    (
      DATE("t57"."first_basket_at") + (
        GREATEST(2026 - EXTRACT(year FROM DATE("t57"."first_basket_at")), 1) * INTERVAL '1' YEAR
      )
    ) >= FROM_ISO8601_DATE('2026-03-16'),
    DATE("t57"."first_basket_at") + (
      GREATEST(2026 - EXTRACT(year FROM DATE("t57"."first_basket_at")), 1) * INTERVAL '1' YEAR
    ),
    DATE("t57"."first_basket_at") + (
      (
        GREATEST(2026 - EXTRACT(year FROM DATE("t57"."first_basket_at")), 1) + 1
      ) * INTERVAL '1' YEAR
    )
  )) - EXTRACT(year FROM "t57"."first_basket_at") AS "years",
  IF(
    "t57"."recent_favourite" <> "t57"."previous_favourite",
    "t57"."recent_favourite",
    CAST(NULL AS VARCHAR)
  ) AS "new_favourite"
FROM (
  SELECT
    "t56"."customer_id",
    "t56"."first_name",
    "t56"."language",
    "t56"."time_zone",
    "t56"."attributes",
    "t56"."created_at",
    "t56"."first_basket_at",
    "t56"."last_basket_at",
    "t56"."baskets_30",
    "t56"."spend_30",
    "t56"."baskets_90",
    "t56"."spend_90",
    "t56"."baskets_365",
    "t56"."spend_365",
    "t56"."usual_interval",
    "t56"."favourite_department",
    "t56"."recent_favourite",
    "t56"."previous_favourite",
    "t56"."week_streak"
  FROM (
    SELECT
      "t55"."customer_id",
      "t55"."first_name",
      "t55"."language",
      "t55"."time_zone",
      "t55"."attributes",
      "t55"."created_at",
      "t55"."first_basket_at",
      "t55"."last_basket_at",
      "t55"."baskets_30",
      "t55"."spend_30",
      "t55"."baskets_90",
      "t55"."spend_90",
      "t55"."baskets_365",
      "t55"."spend_365",
      "t55"."usual_interval",
      "t55"."favourite_department",
      "t55"."recent_favourite",
      "t55"."previous_favourite",
      "t34"."customer_id" AS "customer_id_right",
      "t34"."week_streak"
    FROM (
      SELECT
        "t53"."customer_id",
        "t53"."first_name",
        "t53"."language",
        "t53"."time_zone",
        "t53"."attributes",
        "t53"."created_at",
        "t53"."first_basket_at",
        "t53"."last_basket_at",
        "t53"."baskets_30",
        "t53"."spend_30",
        "t53"."baskets_90",
        "t53"."spend_90",
        "t53"."baskets_365",
        "t53"."spend_365",
        "t53"."usual_interval",
        "t53"."favourite_department",
        "t53"."recent_favourite",
        "t53"."previous_favourite"
      FROM (
        SELECT
          "t52"."customer_id",
          "t52"."first_name",
          "t52"."language",
          "t52"."time_zone",
          "t52"."attributes",
          "t52"."created_at",
          "t52"."first_basket_at",
          "t52"."last_basket_at",
          "t52"."baskets_30",
          "t52"."spend_30",
          "t52"."baskets_90",
          "t52"."spend_90",
          "t52"."baskets_365",
          "t52"."spend_365",
          "t52"."usual_interval",
          "t52"."favourite_department",
          "t52"."recent_favourite",
          "t38"."customer_id" AS "customer_id_right",
          "t38"."previous_favourite"
        FROM (
          SELECT
            "t50"."customer_id",
            "t50"."first_name",
            "t50"."language",
            "t50"."time_zone",
            "t50"."attributes",
            "t50"."created_at",
            "t50"."first_basket_at",
            "t50"."last_basket_at",
            "t50"."baskets_30",
            "t50"."spend_30",
            "t50"."baskets_90",
            "t50"."spend_90",
            "t50"."baskets_365",
            "t50"."spend_365",
            "t50"."usual_interval",
            "t50"."favourite_department",
            "t50"."recent_favourite"
          FROM (
            SELECT
              "t49"."customer_id",
              "t49"."first_name",
              "t49"."language",
              "t49"."time_zone",
              "t49"."attributes",
              "t49"."created_at",
              "t49"."first_basket_at",
              "t49"."last_basket_at",
              "t49"."baskets_30",
              "t49"."spend_30",
              "t49"."baskets_90",
              "t49"."spend_90",
              "t49"."baskets_365",
              "t49"."spend_365",
              "t49"."usual_interval",
              "t49"."favourite_department",
              "t39"."customer_id" AS "customer_id_right",
              "t39"."recent_favourite"
            FROM (
              SELECT
                "t47"."customer_id",
                "t47"."first_name",
                "t47"."language",
                "t47"."time_zone",
                "t47"."attributes",
                "t47"."created_at",
                "t47"."first_basket_at",
                "t47"."last_basket_at",
                "t47"."baskets_30",
                "t47"."spend_30",
                "t47"."baskets_90",
                "t47"."spend_90",
                "t47"."baskets_365",
                "t47"."spend_365",
                "t47"."usual_interval",
                "t47"."favourite_department"
              FROM (
                SELECT
                  "t46"."customer_id",
                  "t46"."first_name",
                  "t46"."language",
                  "t46"."time_zone",
                  "t46"."attributes",
                  "t46"."created_at",
                  "t46"."first_basket_at",
                  "t46"."last_basket_at",
                  "t46"."baskets_30",
                  "t46"."spend_30",
                  "t46"."baskets_90",
                  "t46"."spend_90",
                  "t46"."baskets_365",
                  "t46"."spend_365",
                  "t46"."usual_interval",
                  "t40"."customer_id" AS "customer_id_right",
                  "t40"."favourite_department"
                FROM (
                  SELECT
                    "t44"."customer_id",
                    "t44"."first_name",
                    "t44"."language",
                    "t44"."time_zone",
                    "t44"."attributes",
                    "t44"."created_at",
                    "t44"."first_basket_at",
                    "t44"."last_basket_at",
                    "t44"."baskets_30",
                    "t44"."spend_30",
                    "t44"."baskets_90",
                    "t44"."spend_90",
                    "t44"."baskets_365",
                    "t44"."spend_365",
                    "t44"."usual_interval"
                  FROM (
                    SELECT
                      "t29"."customer_id",
                      "t29"."first_name",
                      "t29"."language",
                      "t29"."time_zone",
                      "t29"."attributes",
                      "t29"."created_at",
                      "t29"."first_basket_at",
                      "t29"."last_basket_at",
                      "t29"."baskets_30",
                      "t29"."spend_30",
                      "t29"."baskets_90",
                      "t29"."spend_90",
                      "t29"."baskets_365",
                      "t29"."spend_365",
                      "t43"."customer_id" AS "customer_id_right",
                      "t43"."usual_interval"
                    FROM (
                      SELECT
                        "t25"."customer_id",
                        "t25"."first_name",
                        "t25"."language",
                        "t25"."time_zone",
                        "t25"."attributes",
                        "t25"."created_at",
                        "t25"."first_basket_at",
                        "t25"."last_basket_at",
                        "t25"."baskets_30",
                        "t25"."spend_30",
                        "t25"."baskets_90",
                        "t25"."spend_90",
                        "t25"."baskets_365",
                        "t25"."spend_365"
                      FROM (
                        SELECT
                          "t4"."customer_id",
                          "t4"."first_name",
                          "t4"."language",
                          "t4"."time_zone",
                          "t4"."attributes",
                          "t4"."created_at",
                          "t19"."customer_id" AS "customer_id_right",
                          "t19"."first_basket_at",
                          "t19"."last_basket_at",
                          "t19"."baskets_30",
                          "t19"."spend_30",
                          "t19"."baskets_90",
                          "t19"."spend_90",
                          "t19"."baskets_365",
                          "t19"."spend_365"
                        FROM "customer" AS "t4"
                        LEFT OUTER JOIN (
                          SELECT
                            "t9"."customer_id",
                            MIN("t9"."at") AS "first_basket_at",
                            MAX("t9"."at") AS "last_basket_at",
                            SUM(CAST("t9"."day" >= 20498 AS INTEGER)) AS "baskets_30",
                            SUM("t9"."amount_cents") FILTER(WHERE
                              "t9"."day" >= 20498) AS "spend_30",
                            SUM(CAST("t9"."day" >= 20438 AS INTEGER)) AS "baskets_90",
                            SUM("t9"."amount_cents") FILTER(WHERE
                              "t9"."day" >= 20438) AS "spend_90",
                            SUM(CAST("t9"."day" >= 20163 AS INTEGER)) AS "baskets_365",
                            SUM("t9"."amount_cents") FILTER(WHERE
                              "t9"."day" >= 20163) AS "spend_365"
                          FROM (
                            SELECT
                              *
                            FROM "t7" AS "t8"
                            WHERE
                              "t8"."name" = 'basket'
                          ) AS "t9"
                          GROUP BY
                            1
                        ) AS "t19"
                          ON "t4"."customer_id" = "t19"."customer_id"
                        WHERE
                          EXISTS(
                            SELECT
                              1
                            FROM "touched" AS "t3"
                            WHERE
                              "t4"."customer_id" = "t3"."customer_id"
                          )
                      ) AS "t25"
                    ) AS "t29"
                    LEFT OUTER JOIN (
                      SELECT
                        "t41"."customer_id",
                        "t41"."usual_interval"
                      FROM (
                        SELECT
                          "t26"."customer_id",
                          CAST((
                            ELEMENT_AT(
                              ARRAY_SORT(ARRAY_AGG("t26"."gap") FILTER(WHERE
                                "t26"."gap" IS NOT NULL)),
                              CAST(FLOOR(
                                CAST((
                                  CARDINALITY(ARRAY_SORT(ARRAY_AGG("t26"."gap") FILTER(WHERE
                                    "t26"."gap" IS NOT NULL))) - 1
                                ) AS DOUBLE) / (
                                  2
                                )
                              ) AS BIGINT) + 1
                            ) + ELEMENT_AT(
                              ARRAY_SORT(ARRAY_AGG("t26"."gap") FILTER(WHERE
                                "t26"."gap" IS NOT NULL)),
                              CAST(FLOOR(
                                CAST((
                                  CARDINALITY(ARRAY_SORT(ARRAY_AGG("t26"."gap") FILTER(WHERE
                                    "t26"."gap" IS NOT NULL)))
                                ) AS DOUBLE) / (
                                  2
                                )
                              ) AS BIGINT) + 1
                            )
                          ) AS DOUBLE) / 2 AS "usual_interval",
                          COUNT(*) AS "gaps"
                        FROM (
                          SELECT
                            *
                          FROM (
                            SELECT
                              "t13"."customer_id",
                              "t13"."day",
                              CAST("t13"."day" - LAG("t13"."day") OVER (PARTITION BY "t13"."customer_id" ORDER BY "t13"."day" ASC) AS DOUBLE) AS "gap"
                            FROM (
                              SELECT DISTINCT
                                "t8"."customer_id",
                                "t8"."day"
                              FROM "t7" AS "t8"
                              WHERE
                                "t8"."name" = 'basket' AND "t8"."day" >= 20163
                            ) AS "t13"
                          ) AS "t21"
                          WHERE
                            "t21"."gap" IS NOT NULL
                        ) AS "t26"
                        GROUP BY
                          1
                      ) AS "t41"
                      WHERE
                        "t41"."gaps" >= 3
                    ) AS "t43"
                      ON "t29"."customer_id" = "t43"."customer_id"
                  ) AS "t44"
                ) AS "t46"
                LEFT OUTER JOIN (
                  SELECT
                    "t33"."customer_id",
                    "t33"."department" AS "favourite_department"
                  FROM (
                    SELECT
                      "t24"."customer_id",
                      "t24"."department",
                      "t24"."spent",
                      ROW_NUMBER() OVER (
                        PARTITION BY "t24"."customer_id"
                        ORDER BY "t24"."spent" DESC, "t24"."department" ASC
                      ) - 1 AS "place"
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          "t12"."customer_id",
                          "t12"."department",
                          COALESCE(SUM("t12"."amount_cents"), 0) AS "spent"
                        FROM (
                          SELECT
                            *
                          FROM "t7" AS "t8"
                          WHERE
                            "t8"."name" = 'basket' AND "t8"."day" >= 20163
                        ) AS "t12"
                        GROUP BY
                          1,
                          2
                      ) AS "t18"
                      WHERE
                        "t18"."department" IS NOT NULL
                    ) AS "t24"
                  ) AS "t33"
                  WHERE
                    "t33"."place" = 0
                ) AS "t40"
                  ON "t46"."customer_id" = "t40"."customer_id"
              ) AS "t47"
            ) AS "t49"
            LEFT OUTER JOIN (
              SELECT
                "t32"."customer_id",
                "t32"."department" AS "recent_favourite"
              FROM (
                SELECT
                  "t23"."customer_id",
                  "t23"."department",
                  "t23"."spent",
                  ROW_NUMBER() OVER (
                    PARTITION BY "t23"."customer_id"
                    ORDER BY "t23"."spent" DESC, "t23"."department" ASC
                  ) - 1 AS "place"
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      "t11"."customer_id",
                      "t11"."department",
                      COALESCE(SUM("t11"."amount_cents"), 0) AS "spent"
                    FROM (
                      SELECT
                        *
                      FROM "t7" AS "t8"
                      WHERE
                        "t8"."name" = 'basket' AND "t8"."day" >= 20438
                    ) AS "t11"
                    GROUP BY
                      1,
                      2
                  ) AS "t17"
                  WHERE
                    "t17"."department" IS NOT NULL
                ) AS "t23"
              ) AS "t32"
              WHERE
                "t32"."place" = 0
            ) AS "t39"
              ON "t49"."customer_id" = "t39"."customer_id"
          ) AS "t50"
        ) AS "t52"
        LEFT OUTER JOIN (
          SELECT
            "t31"."customer_id",
            "t31"."department" AS "previous_favourite"
          FROM (
            SELECT
              "t22"."customer_id",
              "t22"."department",
              "t22"."spent",
              ROW_NUMBER() OVER (
                PARTITION BY "t22"."customer_id"
                ORDER BY "t22"."spent" DESC, "t22"."department" ASC
              ) - 1 AS "place"
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  "t10"."customer_id",
                  "t10"."department",
                  COALESCE(SUM("t10"."amount_cents"), 0) AS "spent"
                FROM (
                  SELECT
                    *
                  FROM "t7" AS "t8"
                  WHERE
                    "t8"."name" = 'basket' AND "t8"."day" < 20438 AND "t8"."day" >= 20073
                ) AS "t10"
                GROUP BY
                  1,
                  2
              ) AS "t16"
              WHERE
                "t16"."department" IS NOT NULL
            ) AS "t22"
          ) AS "t31"
          WHERE
            "t31"."place" = 0
        ) AS "t38"
          ON "t52"."customer_id" = "t38"."customer_id"
      ) AS "t53"
    ) AS "t55"
    LEFT OUTER JOIN (
      SELECT
        "t28"."customer_id",
        COUNT(*) AS "week_streak"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t14"."customer_id",
            "t14"."week",
            ROW_NUMBER() OVER (PARTITION BY "t14"."customer_id" ORDER BY "t14"."week" DESC) - 1 AS "place",
            MAX("t14"."week") OVER (
              PARTITION BY "t14"."customer_id"
              ORDER BY "t14"."week" DESC
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS "newest"
          FROM (
            SELECT DISTINCT
              "t8"."customer_id",
              CAST(FLOOR(CAST((
                "t8"."day" + 3
              ) AS DOUBLE) / (
                7
              )) AS BIGINT) AS "week"
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" = 'basket'
          ) AS "t14"
        ) AS "t20"
        WHERE
          "t20"."newest" >= 2932 AND (
            "t20"."week" + "t20"."place"
          ) = "t20"."newest"
      ) AS "t28"
      GROUP BY
        1
    ) AS "t34"
      ON "t55"."customer_id" = "t34"."customer_id"
  ) AS "t56"
) AS "t57";
