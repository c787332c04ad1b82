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
  "t19"."customer_id"
FROM (
  SELECT
    *
  FROM "insight" AS "t0"
  WHERE
    TRUE
    AND COALESCE(LOWER("t0"."language") IN (LOWER('en'), LOWER('DE')), FALSE)
    AND "t0"."customer_id" IN (
      SELECT
        "t17"."customer_id"
      FROM (
        SELECT
          "t15"."customer_id",
          COUNT(*) AS "times"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM "event" AS "t1"
            WHERE
              "t1"."name" = 'basket'
              AND "t1"."at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T10:00:00') AS TIMESTAMP(6))
              AND COALESCE("t1"."amount_cents" >= 2000, FALSE)
              AND "t1"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-16T00:00:00') AS TIMESTAMP(6))
          ) AS "t7"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t11"."id",
              "t11"."customer_id",
              "t11"."name",
              "t11"."at",
              "t11"."properties",
              "t11"."day",
              "t11"."amount_cents",
              "t11"."items",
              "t11"."department",
              "t11"."discount_cents",
              "t11"."answer"
            FROM (
              SELECT
                "t9"."id",
                "t9"."customer_id",
                "t9"."name",
                "t9"."at",
                "t9"."properties",
                "t9"."day",
                "t9"."amount_cents",
                "t9"."items",
                "t9"."department",
                "t9"."discount_cents",
                "t9"."answer",
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
                  AND "t1"."at" < CAST(FROM_ISO8601_TIMESTAMP('2025-12-16T00:00:00') AS TIMESTAMP(6))
              ) AS "t9"
              INNER JOIN (
                SELECT
                  "t0"."customer_id",
                  "t0"."time_zone"
                FROM "insight" AS "t0"
              ) AS "t3"
                ON "t9"."customer_id" = "t3"."customer_id"
            ) AS "t11"
            WHERE
              (
                (
                  "t11"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-16T00:00:00') AS TIMESTAMP(6))
                )
                AND (
                  "t11"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T00:00:00') AS TIMESTAMP(6))
                )
                AND NOT (
                  "t11"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                "t11"."time_zone" IN ('Europe/Berlin')
                AND (
                  (
                    "t11"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-15T23:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t11"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T23:00:00') AS TIMESTAMP(6))
                  )
                )
              )
              OR (
                "t11"."time_zone" IN ('Asia/Tokyo')
                AND (
                  (
                    "t11"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-15T15:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t11"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T15:00:00') AS TIMESTAMP(6))
                  )
                )
              )
          ) AS "t14"
        ) AS "t15"
        GROUP BY
          1
      ) AS "t17"
      WHERE
        "t17"."times" >= 2
    )
    AND NOT (
      "t0"."customer_id" IN (
        SELECT
          "t13"."customer_id"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM "event" AS "t1"
            WHERE
              "t1"."name" = 'opened'
              AND "t1"."at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T10:00:00') AS TIMESTAMP(6))
              AND "t1"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-09T00:00:00') AS TIMESTAMP(6))
          ) AS "t4"
          UNION ALL
          SELECT
            *
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
              "t10"."discount_cents",
              "t10"."answer"
            FROM (
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
                "t6"."discount_cents",
                "t6"."answer",
                "t3"."time_zone"
              FROM (
                SELECT
                  *
                FROM "event" AS "t1"
                WHERE
                  "t1"."name" = 'opened'
                  AND "t1"."at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T10:00:00') AS TIMESTAMP(6))
                  AND "t1"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T15:00:00') AS TIMESTAMP(6))
                  AND "t1"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-09T00:00:00') AS TIMESTAMP(6))
              ) AS "t6"
              INNER JOIN (
                SELECT
                  "t0"."customer_id",
                  "t0"."time_zone"
                FROM "insight" AS "t0"
              ) AS "t3"
                ON "t6"."customer_id" = "t3"."customer_id"
            ) AS "t10"
            WHERE
              (
                (
                  "t10"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-09T00:00:00') AS TIMESTAMP(6))
                )
                AND (
                  "t10"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T00:00:00') AS TIMESTAMP(6))
                )
                AND NOT (
                  "t10"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                "t10"."time_zone" IN ('Europe/Berlin')
                AND (
                  (
                    "t10"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T23:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t10"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T23:00:00') AS TIMESTAMP(6))
                  )
                )
              )
              OR (
                "t10"."time_zone" IN ('Asia/Tokyo')
                AND (
                  (
                    "t10"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T15:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t10"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T15:00:00') AS TIMESTAMP(6))
                  )
                )
              )
          ) AS "t12"
        ) AS "t13"
      )
    )
) AS "t19";

-- attributes
SELECT
  "t0"."customer_id"
FROM "insight" AS "t0"
WHERE
  COALESCE(
    LOWER(
      COALESCE(
        JSON_VALUE(
          JSON_FORMAT(JSON_EXTRACT(TRY_CAST("t0"."attributes" AS JSON), FORMAT('$["%s"]', 'tier'))),
          'strict $?($.type() == "string")'
        ),
        NULLIF(
          CAST(JSON_EXTRACT(TRY_CAST("t0"."attributes" AS JSON), FORMAT('$["%s"]', 'tier')) AS VARCHAR),
          'null'
        )
      )
    ) = LOWER('gold'),
    FALSE
  )
  OR COALESCE(
    TRY_CAST(NULLIF(
      CAST(JSON_EXTRACT(TRY_CAST("t0"."attributes" AS JSON), FORMAT('$["%s"]', 'points')) AS VARCHAR),
      'null'
    ) AS DOUBLE) > 100,
    FALSE
  );

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
    "t6"."discount_cents",
    "t6"."answer"
  FROM (
    SELECT
      *
    FROM "event" AS "t2"
    WHERE
      "t2"."day" <= 20528
  ) AS "t6"
  WHERE
    EXISTS(
      SELECT
        1
      FROM "touched" AS "t4"
      WHERE
        "t6"."customer_id" = "t4"."customer_id"
    )
), "t13" AS (
  SELECT
    *
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" IN ('basket')
), "t23" AS (
  SELECT DISTINCT
    "t8"."customer_id",
    CAST(FLOOR(CAST((
      "t8"."day" + 3
    ) AS DOUBLE) / (
      7
    )) AS BIGINT) AS "span"
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" IN ('basket')
), "t38" AS (
  SELECT
    "t20"."customer_id",
    "t20"."day",
    COALESCE(SUM("t20"."amount_cents"), 0) AS "spent"
  FROM "t13" AS "t20"
  GROUP BY
    1,
    2
), "t48" AS (
  SELECT
    *
  FROM (
    SELECT
      "t17"."customer_id",
      "t17"."value",
      COALESCE(SUM("t17"."weight"), 0) AS "weight"
    FROM (
      SELECT
        "t8"."customer_id",
        "t8"."department" AS "value",
        "t8"."amount_cents" AS "weight"
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('basket') AND "t8"."day" >= 20163
    ) AS "t17"
    GROUP BY
      1,
      2
  ) AS "t31"
  WHERE
    "t31"."value" IS NOT NULL
), "t49" AS (
  SELECT
    *
  FROM (
    SELECT
      "t18"."customer_id",
      "t18"."value",
      COALESCE(SUM("t18"."weight"), 0) AS "weight"
    FROM (
      SELECT
        "t8"."customer_id",
        "t8"."department" AS "value",
        "t8"."amount_cents" AS "weight"
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('basket') AND "t8"."day" >= 20438
    ) AS "t18"
    GROUP BY
      1,
      2
  ) AS "t32"
  WHERE
    "t32"."value" IS NOT NULL
), "t50" AS (
  SELECT
    *
  FROM (
    SELECT
      "t19"."customer_id",
      "t19"."value",
      COALESCE(SUM("t19"."weight"), 0) AS "weight"
    FROM (
      SELECT
        "t8"."customer_id",
        "t8"."department" AS "value",
        "t8"."amount_cents" AS "weight"
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('basket') AND "t8"."day" < 20438 AND "t8"."day" >= 20073
    ) AS "t19"
    GROUP BY
      1,
      2
  ) AS "t33"
  WHERE
    "t33"."value" IS NOT NULL
)
SELECT
  "t94"."customer_id",
  "t94"."first_name",
  "t94"."language",
  "t94"."time_zone",
  "t94"."attributes",
  "t94"."created_at",
  "t94"."first_basket_at",
  "t94"."last_basket_at",
  COALESCE("t94"."baskets_30", 0) AS "baskets_30",
  COALESCE("t94"."spend_30", 0) AS "spend_30",
  COALESCE("t94"."baskets_90", 0) AS "baskets_90",
  COALESCE("t94"."spend_90", 0) AS "spend_90",
  COALESCE("t94"."baskets_365", 0) AS "baskets_365",
  COALESCE("t94"."spend_365", 0) AS "spend_365",
  "t94"."usual_interval",
  "t94"."favourite_department",
  "t94"."recent_favourite",
  "t94"."previous_favourite",
  COALESCE("t94"."week_streak", 0) AS "week_streak",
  20528 - CAST(FLOOR(CAST((
    TO_UNIXTIME("t94"."last_basket_at")
  ) AS DOUBLE) / (
    86400
  )) AS BIGINT) AS "days_since_basket",
  CAST((
    20528 - CAST(FLOOR(CAST((
      TO_UNIXTIME("t94"."last_basket_at")
    ) AS DOUBLE) / (
      86400
    )) AS BIGINT)
  ) AS DOUBLE) / "t94"."usual_interval" AS "overdue_ratio",
  CAST(FLOOR(
    CAST((
      TO_UNIXTIME(
        CAST(IF(
          (
            DATE("t94"."first_basket_at") + (
              GREATEST(2026 - EXTRACT(year FROM DATE("t94"."first_basket_at")), 1) * INTERVAL '1' YEAR
            )
          ) >= FROM_ISO8601_DATE('2026-03-16'),
          DATE("t94"."first_basket_at") + (
            GREATEST(2026 - EXTRACT(year FROM DATE("t94"."first_basket_at")), 1) * INTERVAL '1' YEAR
          ),
          DATE("t94"."first_basket_at") + (
            (
              GREATEST(2026 - EXTRACT(year FROM DATE("t94"."first_basket_at")), 1) + 1
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
      DATE("t94"."first_basket_at") + (
        GREATEST(2026 - EXTRACT(year FROM DATE("t94"."first_basket_at")), 1) * INTERVAL '1' YEAR
      )
    ) >= FROM_ISO8601_DATE('2026-03-16'),
    DATE("t94"."first_basket_at") + (
      GREATEST(2026 - EXTRACT(year FROM DATE("t94"."first_basket_at")), 1) * INTERVAL '1' YEAR
    ),
    DATE("t94"."first_basket_at") + (
      (
        GREATEST(2026 - EXTRACT(year FROM DATE("t94"."first_basket_at")), 1) + 1
      ) * INTERVAL '1' YEAR
    )
  )) - EXTRACT(year FROM "t94"."first_basket_at") AS "years",
  IF(
    "t94"."recent_favourite" <> "t94"."previous_favourite",
    "t94"."recent_favourite",
    CAST(NULL AS VARCHAR)
  ) AS "new_favourite",
  COALESCE("t94"."repeats", 0) AS "repeats",
  COALESCE("t94"."days_with_us", 0) AS "days_with_us",
  "t94"."repeat_value",
  COALESCE("t94"."baskets_ever", 0) AS "baskets_ever",
  COALESCE("t94"."spend_before_90", 0) AS "spend_before_90",
  COALESCE("t94"."emails_90", 0) AS "emails_90",
  "t94"."last_reply_at",
  COALESCE("t94"."replies_365", 0) AS "replies_365",
  "t94"."felt_understood",
  COALESCE("t94"."engaged_90", 0) AS "engaged_90",
  COALESCE("t94"."clicks_90", 0) AS "clicks_90",
  "t94"."last_engaged_at",
  COALESCE("t94"."emails_unanswered", 0) AS "emails_unanswered",
  COALESCE("t94"."spend_90", 0) / CAST(NULLIF("t94"."spend_before_90", 0) AS DOUBLE) AS "spend_trend",
  COALESCE(
    CAST(GREATEST(
      IF(COALESCE("t94"."baskets_ever", 0) >= 10, 10, 0),
      IF(COALESCE("t94"."baskets_ever", 0) >= 25, 25, 0),
      IF(COALESCE("t94"."baskets_ever", 0) >= 50, 50, 0),
      IF(COALESCE("t94"."baskets_ever", 0) >= 100, 100, 0),
      IF(COALESCE("t94"."baskets_ever", 0) >= 250, 250, 0),
      IF(COALESCE("t94"."baskets_ever", 0) >= 500, 500, 0),
      IF(COALESCE("t94"."baskets_ever", 0) >= 1000, 1000, 0)
    ) AS BIGINT),
    0
  ) AS "milestone",
  IF(
    "t94"."last_basket_at" IS NOT NULL,
    CONCAT(
      CONCAT(
        IF(
          (
            20528 - CAST(FLOOR(CAST((
              TO_UNIXTIME("t94"."last_basket_at")
            ) AS DOUBLE) / (
              86400
            )) AS BIGINT)
          ) <= 30,
          '3',
          IF(
            (
              20528 - CAST(FLOOR(CAST((
                TO_UNIXTIME("t94"."last_basket_at")
              ) AS DOUBLE) / (
                86400
              )) AS BIGINT)
            ) <= 90,
            '2',
            '1'
          )
        ),
        IF(
          COALESCE("t94"."baskets_365", 0) >= 24,
          '3',
          IF(COALESCE("t94"."baskets_365", 0) >= 6, '2', '1')
        )
      ),
      IF(
        COALESCE("t94"."spend_365", 0) >= 100000,
        '3',
        IF(COALESCE("t94"."spend_365", 0) >= 25000, '2', '1')
      )
    ),
    CAST(NULL AS VARCHAR)
  ) AS "rfm"
FROM (
  SELECT
    "t3"."customer_id",
    "t3"."first_name",
    "t3"."language",
    "t3"."time_zone",
    "t3"."attributes",
    "t3"."created_at",
    "t47"."first_basket_at",
    "t47"."last_basket_at",
    "t47"."baskets_30",
    "t47"."spend_30",
    "t47"."baskets_90",
    "t47"."spend_90",
    "t47"."baskets_365",
    "t47"."spend_365",
    "t47"."days_with_us",
    "t47"."baskets_ever",
    "t47"."spend_before_90",
    "t93"."usual_interval",
    "t89"."favourite_department",
    "t90"."recent_favourite",
    "t91"."previous_favourite",
    "t88"."week_streak",
    "t65"."repeats",
    "t78"."repeat_value",
    "t34"."emails_90",
    "t35"."last_reply_at",
    "t35"."replies_365",
    "t58"."felt_understood",
    "t36"."engaged_90",
    "t36"."last_engaged_at",
    "t37"."clicks_90",
    "t79"."emails_unanswered"
  FROM "customer" AS "t3"
  LEFT OUTER JOIN (
    SELECT
      "t20"."customer_id",
      MIN("t20"."at") AS "first_basket_at",
      MAX("t20"."at") AS "last_basket_at",
      SUM(CAST("t20"."day" >= 20498 AS INTEGER)) AS "baskets_30",
      SUM("t20"."amount_cents") FILTER(WHERE
        "t20"."day" >= 20498) AS "spend_30",
      SUM(CAST("t20"."day" >= 20438 AS INTEGER)) AS "baskets_90",
      SUM("t20"."amount_cents") FILTER(WHERE
        "t20"."day" >= 20438) AS "spend_90",
      SUM(CAST("t20"."day" >= 20163 AS INTEGER)) AS "baskets_365",
      SUM("t20"."amount_cents") FILTER(WHERE
        "t20"."day" >= 20163) AS "spend_365",
      MAX("t20"."day") - MIN("t20"."day") AS "days_with_us",
      COUNT(*) AS "baskets_ever",
      SUM("t20"."amount_cents") FILTER(WHERE
        (
          "t20"."day" < 20438
        ) AND (
          "t20"."day" >= 20348
        )) AS "spend_before_90"
    FROM "t13" AS "t20"
    GROUP BY
      1
  ) AS "t47"
    ON "t3"."customer_id" = "t47"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t84"."customer_id",
      "t84"."usual_interval"
    FROM (
      SELECT
        "t60"."customer_id",
        CAST((
          ELEMENT_AT(
            ARRAY_SORT(ARRAY_AGG("t60"."gap") FILTER(WHERE
              "t60"."gap" IS NOT NULL)),
            CAST(FLOOR(
              CAST((
                CARDINALITY(ARRAY_SORT(ARRAY_AGG("t60"."gap") FILTER(WHERE
                  "t60"."gap" IS NOT NULL))) - 1
              ) AS DOUBLE) / (
                2
              )
            ) AS BIGINT) + 1
          ) + ELEMENT_AT(
            ARRAY_SORT(ARRAY_AGG("t60"."gap") FILTER(WHERE
              "t60"."gap" IS NOT NULL)),
            CAST(FLOOR(
              CAST((
                CARDINALITY(ARRAY_SORT(ARRAY_AGG("t60"."gap") FILTER(WHERE
                  "t60"."gap" IS NOT NULL)))
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
            "t16"."customer_id",
            "t16"."day",
            CAST("t16"."day" - LAG("t16"."day") OVER (PARTITION BY "t16"."customer_id" ORDER BY "t16"."day" ASC) AS DOUBLE) AS "gap"
          FROM (
            SELECT DISTINCT
              "t8"."customer_id",
              "t8"."day"
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" IN ('basket') AND "t8"."day" >= 20163
          ) AS "t16"
        ) AS "t45"
        WHERE
          "t45"."gap" IS NOT NULL
      ) AS "t60"
      GROUP BY
        1
    ) AS "t84"
    WHERE
      "t84"."gaps" >= 3
  ) AS "t93"
    ON "t3"."customer_id" = "t93"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t80"."customer_id",
      MIN("t80"."value") AS "favourite_department"
    FROM (
      SELECT
        "t61"."customer_id",
        "t61"."value",
        "t61"."weight",
        "t70"."best"
      FROM "t48" AS "t61"
      INNER JOIN (
        SELECT
          "t52"."customer_id",
          MAX("t52"."weight") AS "best"
        FROM "t48" AS "t52"
        GROUP BY
          1
      ) AS "t70"
        ON "t61"."customer_id" = "t70"."customer_id" AND "t61"."weight" = "t70"."best"
    ) AS "t80"
    GROUP BY
      1
  ) AS "t89"
    ON "t3"."customer_id" = "t89"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t81"."customer_id",
      MIN("t81"."value") AS "recent_favourite"
    FROM (
      SELECT
        "t62"."customer_id",
        "t62"."value",
        "t62"."weight",
        "t71"."best"
      FROM "t49" AS "t62"
      INNER JOIN (
        SELECT
          "t53"."customer_id",
          MAX("t53"."weight") AS "best"
        FROM "t49" AS "t53"
        GROUP BY
          1
      ) AS "t71"
        ON "t62"."customer_id" = "t71"."customer_id" AND "t62"."weight" = "t71"."best"
    ) AS "t81"
    GROUP BY
      1
  ) AS "t90"
    ON "t3"."customer_id" = "t90"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t82"."customer_id",
      MIN("t82"."value") AS "previous_favourite"
    FROM (
      SELECT
        "t63"."customer_id",
        "t63"."value",
        "t63"."weight",
        "t72"."best"
      FROM "t50" AS "t63"
      INNER JOIN (
        SELECT
          "t54"."customer_id",
          MAX("t54"."weight") AS "best"
        FROM "t50" AS "t54"
        GROUP BY
          1
      ) AS "t72"
        ON "t63"."customer_id" = "t72"."customer_id" AND "t63"."weight" = "t72"."best"
    ) AS "t82"
    GROUP BY
      1
  ) AS "t91"
    ON "t3"."customer_id" = "t91"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t64"."customer_id",
      (
        "t64"."newest" - "t75"."begun"
      ) + 1 AS "week_streak"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t24"."customer_id",
          MAX("t24"."span") AS "newest"
        FROM "t23" AS "t24"
        GROUP BY
          1
      ) AS "t41"
      WHERE
        "t41"."newest" >= 2932
    ) AS "t64"
    INNER JOIN (
      SELECT
        "t66"."customer_id",
        MAX("t66"."span") AS "begun"
      FROM (
        SELECT
          "t25"."customer_id",
          "t25"."span"
        FROM "t23" AS "t25"
        WHERE
          NOT EXISTS(
            SELECT
              1
            FROM (
              SELECT
                "t24"."customer_id",
                "t24"."span" + 1 AS "span"
              FROM "t23" AS "t24"
            ) AS "t46"
            WHERE
              "t25"."customer_id" = "t46"."customer_id" AND "t25"."span" = "t46"."span"
          )
      ) AS "t66"
      GROUP BY
        1
    ) AS "t75"
      ON "t64"."customer_id" = "t75"."customer_id"
  ) AS "t88"
    ON "t3"."customer_id" = "t88"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t43"."customer_id",
      COUNT(*) - 1 AS "repeats"
    FROM "t38" AS "t43"
    GROUP BY
      1
  ) AS "t65"
    ON "t3"."customer_id" = "t65"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t57"."customer_id",
      CAST(FLOOR(
        (
          CAST((
            "t57"."spent" - "t57"."first"
          ) AS DOUBLE) / (
            "t57"."days" - 1
          )
        ) + CAST(0.5 AS DOUBLE)
      ) AS BIGINT) AS "repeat_value"
    FROM (
      SELECT
        "t43"."customer_id",
        COUNT(*) AS "days",
        SUM("t43"."spent") AS "spent",
        MIN_BY("t43"."spent", "t43"."day") AS "first"
      FROM "t38" AS "t43"
      GROUP BY
        1
    ) AS "t57"
    WHERE
      "t57"."days" > 1
  ) AS "t78"
    ON "t3"."customer_id" = "t78"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t9"."customer_id",
      SUM(CAST("t9"."day" >= 20438 AS INTEGER)) AS "emails_90"
    FROM (
      SELECT
        *
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('email_sent')
    ) AS "t9"
    GROUP BY
      1
  ) AS "t34"
    ON "t3"."customer_id" = "t34"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t10"."customer_id",
      MAX("t10"."at") AS "last_reply_at",
      SUM(CAST("t10"."day" >= 20163 AS INTEGER)) AS "replies_365"
    FROM (
      SELECT
        *
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('replied')
    ) AS "t10"
    GROUP BY
      1
  ) AS "t35"
    ON "t3"."customer_id" = "t35"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t39"."customer_id",
      "t39"."felt_understood"
    FROM (
      SELECT
        "t14"."customer_id",
        "t14"."at",
        "t14"."id",
        "t14"."felt_understood",
        ROW_NUMBER() OVER (PARTITION BY "t14"."customer_id" ORDER BY "t14"."at" DESC, "t14"."id" DESC) - 1 AS "place"
      FROM (
        SELECT
          "t8"."customer_id",
          "t8"."at",
          "t8"."id",
          "t8"."answer" AS "felt_understood"
        FROM "t7" AS "t8"
        WHERE
          "t8"."name" IN ('felt_understood')
      ) AS "t14"
    ) AS "t39"
    WHERE
      "t39"."place" = 0
  ) AS "t58"
    ON "t3"."customer_id" = "t58"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t11"."customer_id",
      SUM(CAST("t11"."day" >= 20438 AS INTEGER)) AS "engaged_90",
      MAX("t11"."at") AS "last_engaged_at"
    FROM (
      SELECT
        *
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('replied', 'wrote', 'asked_for_call', 'felt_understood')
    ) AS "t11"
    GROUP BY
      1
  ) AS "t36"
    ON "t3"."customer_id" = "t36"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t12"."customer_id",
      SUM(CAST("t12"."day" >= 20438 AS INTEGER)) AS "clicks_90"
    FROM (
      SELECT
        *
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('clicked')
    ) AS "t12"
    GROUP BY
      1
  ) AS "t37"
    ON "t3"."customer_id" = "t37"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t73"."customer_id",
      COUNT(*) AS "emails_unanswered"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t21"."id",
          "t21"."customer_id",
          "t21"."name",
          "t21"."at",
          "t21"."properties",
          "t21"."day",
          "t21"."amount_cents",
          "t21"."items",
          "t21"."department",
          "t21"."discount_cents",
          "t21"."answer",
          "t40"."customer_id" AS "customer_id_right",
          "t40"."answered"
        FROM (
          SELECT
            *
          FROM "t7" AS "t8"
          WHERE
            "t8"."name" IN ('email_sent', 'replied', 'wrote', 'asked_for_call', 'felt_understood')
            AND "t8"."name" = 'email_sent'
        ) AS "t21"
        LEFT OUTER JOIN (
          SELECT
            "t22"."customer_id",
            MAX("t22"."at") AS "answered"
          FROM (
            SELECT
              *
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" IN ('email_sent', 'replied', 'wrote', 'asked_for_call', 'felt_understood')
              AND NOT (
                "t8"."name" = 'email_sent'
              )
          ) AS "t22"
          GROUP BY
            1
        ) AS "t40"
          ON "t21"."customer_id" = "t40"."customer_id"
      ) AS "t59"
      WHERE
        (
          "t59"."answered" IS NULL
        ) OR (
          "t59"."at" > "t59"."answered"
        )
    ) AS "t73"
    GROUP BY
      1
  ) AS "t79"
    ON "t3"."customer_id" = "t79"."customer_id"
  WHERE
    EXISTS(
      SELECT
        1
      FROM "touched" AS "t4"
      WHERE
        "t3"."customer_id" = "t4"."customer_id"
    )
) AS "t94";

-- forms
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
    "t6"."discount_cents",
    "t6"."answer"
  FROM (
    SELECT
      *
    FROM "event" AS "t2"
    WHERE
      "t2"."day" <= 20528
  ) AS "t6"
  WHERE
    EXISTS(
      SELECT
        1
      FROM "touched" AS "t4"
      WHERE
        "t6"."customer_id" = "t4"."customer_id"
    )
), "t12" AS (
  SELECT DISTINCT
    "t8"."customer_id",
    CAST(FLOOR(CAST((
      "t8"."day" + 0
    ) AS DOUBLE) / (
      1
    )) AS BIGINT) AS "span"
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" IN ('visit')
), "t13" AS (
  SELECT DISTINCT
    "t8"."customer_id",
    CAST(FLOOR(CAST((
      "t8"."day" + 3
    ) AS DOUBLE) / (
      7
    )) AS BIGINT) AS "span"
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" IN ('visit')
), "t39" AS (
  SELECT
    *
  FROM (
    SELECT
      "t19"."customer_id",
      "t19"."value",
      COALESCE(SUM("t19"."weight"), 0) AS "weight"
    FROM (
      SELECT
        "t8"."customer_id",
        COALESCE(
          JSON_VALUE(
            JSON_FORMAT(JSON_EXTRACT(TRY_CAST("t8"."properties" AS JSON), FORMAT('$["%s"]', 'place'))),
            'strict $?($.type() == "string")'
          ),
          NULLIF(
            CAST(JSON_EXTRACT(TRY_CAST("t8"."properties" AS JSON), FORMAT('$["%s"]', 'place')) AS VARCHAR),
            'null'
          )
        ) AS "value",
        1 AS "weight"
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('visit') AND "t8"."day" >= 20498
    ) AS "t19"
    GROUP BY
      1,
      2
  ) AS "t29"
  WHERE
    "t29"."value" IS NOT NULL
)
SELECT
  "t62"."customer_id",
  "t62"."first_name",
  "t62"."language",
  "t62"."time_zone",
  "t62"."attributes",
  "t62"."created_at",
  COALESCE("t62"."visits", 0) AS "visits",
  COALESCE("t62"."visits_9", 0) AS "visits_9",
  COALESCE("t62"."spent", 0) AS "spent",
  COALESCE("t62"."seats_20", 0) AS "seats_20",
  "t62"."first_visit",
  "t62"."last_meat",
  "t62"."first_seats",
  "t62"."last_department",
  "t62"."usual_place",
  COALESCE("t62"."places", 0) AS "places",
  "t62"."since_visit",
  "t62"."since_meat",
  "t62"."interval",
  COALESCE("t62"."day_streak", 0) AS "day_streak",
  COALESCE("t62"."weeks", 0) AS "weeks",
  "t62"."lately",
  "t62"."spent_lately",
  "t62"."anniversary"
FROM (
  SELECT
    "t3"."customer_id",
    "t3"."first_name",
    "t3"."language",
    "t3"."time_zone",
    "t3"."attributes",
    "t3"."created_at",
    "t50"."visits",
    "t50"."visits_9",
    "t50"."spent",
    "t50"."seats_20",
    "t50"."first_visit",
    "t50"."last_meat",
    "t50"."places",
    "t50"."since_visit",
    "t50"."since_meat",
    "t50"."lately",
    "t50"."spent_lately",
    "t50"."anniversary",
    "t42"."first_seats",
    "t32"."last_department",
    "t61"."usual_place",
    "t60"."interval",
    "t55"."day_streak",
    "t56"."weeks"
  FROM "customer" AS "t3"
  LEFT OUTER JOIN (
    SELECT
      "t9"."customer_id",
      COUNT(*) AS "visits",
      COUNT(*) FILTER(WHERE
        COALESCE(LOWER("t9"."department") = LOWER('meat'), FALSE)
        AND COALESCE(
          TRY_CAST(NULLIF(
            CAST(JSON_EXTRACT(TRY_CAST("t9"."properties" AS JSON), FORMAT('$["%s"]', 'seats')) AS VARCHAR),
            'null'
          ) AS DOUBLE) >= 2,
          FALSE
        )
        AND (
          "t9"."day" >= 20519
        )) AS "visits_9",
      SUM("t9"."amount_cents") AS "spent",
      CAST(FLOOR(
        SUM(
          TRY_CAST(NULLIF(
            CAST(JSON_EXTRACT(TRY_CAST("t9"."properties" AS JSON), FORMAT('$["%s"]', 'seats')) AS VARCHAR),
            'null'
          ) AS DOUBLE)
        ) FILTER(WHERE
          "t9"."day" >= 20508) + CAST(0.5 AS DOUBLE)
      ) AS BIGINT) AS "seats_20",
      MIN("t9"."at") AS "first_visit",
      MAX("t9"."at") FILTER(WHERE
        COALESCE(LOWER("t9"."department") IN (LOWER('Meat')), FALSE)) AS "last_meat",
      COUNT(
        DISTINCT COALESCE(
          JSON_VALUE(
            JSON_FORMAT(JSON_EXTRACT(TRY_CAST("t9"."properties" AS JSON), FORMAT('$["%s"]', 'place'))),
            'strict $?($.type() == "string")'
          ),
          NULLIF(
            CAST(JSON_EXTRACT(TRY_CAST("t9"."properties" AS JSON), FORMAT('$["%s"]', 'place')) AS VARCHAR),
            'null'
          )
        )
      ) AS "places",
      20528 - MAX("t9"."day") AS "since_visit",
      20528 - MAX("t9"."day") FILTER(WHERE
        COALESCE(NOT (
          COALESCE(LOWER("t9"."department") = LOWER('Bakery'), FALSE)
        ), FALSE)) AS "since_meat",
      COALESCE(COUNT(*) FILTER(WHERE
        "t9"."day" >= 20521), 0) / CAST(NULLIF(
        COUNT(*) FILTER(WHERE
          (
            "t9"."day" >= 20514
          ) AND (
            "t9"."day" <= 20520
          )),
        0
      ) AS DOUBLE) AS "lately",
      COALESCE(SUM("t9"."amount_cents") FILTER(WHERE
        "t9"."day" >= 20514), 0) / CAST(NULLIF(
        SUM("t9"."amount_cents") FILTER(WHERE
          (
            "t9"."day" >= 20500
          ) AND (
            "t9"."day" <= 20513
          )),
        0
      ) AS DOUBLE) AS "spent_lately",
      CAST(FLOOR(
        CAST((
          TO_UNIXTIME(
            CAST(IF(
              (
                DATE(MIN("t9"."at")) + (
                  GREATEST(2026 - EXTRACT(year FROM DATE(MIN("t9"."at"))), 1) * INTERVAL '1' YEAR
                )
              ) >= FROM_ISO8601_DATE('2026-03-16'),
              DATE(MIN("t9"."at")) + (
                GREATEST(2026 - EXTRACT(year FROM DATE(MIN("t9"."at"))), 1) * INTERVAL '1' YEAR
              ),
              DATE(MIN("t9"."at")) + (
                (
                  GREATEST(2026 - EXTRACT(year FROM DATE(MIN("t9"."at"))), 1) + 1
                ) * INTERVAL '1' YEAR
              )
            ) AS TIMESTAMP)
          )
        ) AS DOUBLE) / (
          86400
        )
      ) AS BIGINT) - 20528 AS "anniversary"
    FROM (
      SELECT
        *
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('visit')
    ) AS "t9"
    GROUP BY
      1
  ) AS "t50"
    ON "t3"."customer_id" = "t50"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t33"."customer_id",
      "t33"."first_seats"
    FROM (
      SELECT
        "t18"."customer_id",
        "t18"."at",
        "t18"."id",
        "t18"."first_seats",
        ROW_NUMBER() OVER (PARTITION BY "t18"."customer_id" ORDER BY "t18"."at" ASC, "t18"."id" ASC) - 1 AS "place"
      FROM (
        SELECT
          "t8"."customer_id",
          "t8"."at",
          "t8"."id",
          TRY_CAST(NULLIF(
            CAST(JSON_EXTRACT(TRY_CAST("t8"."properties" AS JSON), FORMAT('$["%s"]', 'seats')) AS VARCHAR),
            'null'
          ) AS DOUBLE) AS "first_seats"
        FROM "t7" AS "t8"
        WHERE
          "t8"."name" IN ('visit')
      ) AS "t18"
    ) AS "t33"
    WHERE
      "t33"."place" = 0
  ) AS "t42"
    ON "t3"."customer_id" = "t42"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t20"."customer_id",
      "t20"."last_department"
    FROM (
      SELECT
        "t10"."customer_id",
        "t10"."at",
        "t10"."id",
        "t10"."last_department",
        ROW_NUMBER() OVER (PARTITION BY "t10"."customer_id" ORDER BY "t10"."at" DESC, "t10"."id" DESC) - 1 AS "place"
      FROM (
        SELECT
          "t8"."customer_id",
          "t8"."at",
          "t8"."id",
          "t8"."department" AS "last_department"
        FROM "t7" AS "t8"
        WHERE
          "t8"."name" IN ('visit')
      ) AS "t10"
    ) AS "t20"
    WHERE
      "t20"."place" = 0
  ) AS "t32"
    ON "t3"."customer_id" = "t32"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t57"."customer_id",
      MIN("t57"."value") AS "usual_place"
    FROM (
      SELECT
        "t43"."customer_id",
        "t43"."value",
        "t43"."weight",
        "t51"."best"
      FROM "t39" AS "t43"
      INNER JOIN (
        SELECT
          "t41"."customer_id",
          MAX("t41"."weight") AS "best"
        FROM "t39" AS "t41"
        GROUP BY
          1
      ) AS "t51"
        ON "t43"."customer_id" = "t51"."customer_id" AND "t43"."weight" = "t51"."best"
    ) AS "t57"
    GROUP BY
      1
  ) AS "t61"
    ON "t3"."customer_id" = "t61"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t54"."customer_id",
      "t54"."interval"
    FROM (
      SELECT
        "t34"."customer_id",
        CAST((
          ELEMENT_AT(
            ARRAY_SORT(ARRAY_AGG("t34"."gap") FILTER(WHERE
              "t34"."gap" IS NOT NULL)),
            CAST(FLOOR(
              CAST((
                CARDINALITY(ARRAY_SORT(ARRAY_AGG("t34"."gap") FILTER(WHERE
                  "t34"."gap" IS NOT NULL))) - 1
              ) AS DOUBLE) / (
                2
              )
            ) AS BIGINT) + 1
          ) + ELEMENT_AT(
            ARRAY_SORT(ARRAY_AGG("t34"."gap") FILTER(WHERE
              "t34"."gap" IS NOT NULL)),
            CAST(FLOOR(
              CAST((
                CARDINALITY(ARRAY_SORT(ARRAY_AGG("t34"."gap") FILTER(WHERE
                  "t34"."gap" IS NOT NULL)))
              ) AS DOUBLE) / (
                2
              )
            ) AS BIGINT) + 1
          )
        ) AS DOUBLE) / 2 AS "interval",
        COUNT(*) AS "gaps"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t11"."customer_id",
            "t11"."day",
            CAST("t11"."day" - LAG("t11"."day") OVER (PARTITION BY "t11"."customer_id" ORDER BY "t11"."day" ASC) AS DOUBLE) AS "gap"
          FROM (
            SELECT DISTINCT
              "t8"."customer_id",
              "t8"."day"
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" IN ('visit') AND "t8"."day" >= 20468
          ) AS "t11"
        ) AS "t25"
        WHERE
          "t25"."gap" IS NOT NULL
      ) AS "t34"
      GROUP BY
        1
    ) AS "t54"
    WHERE
      "t54"."gaps" >= 3
  ) AS "t60"
    ON "t3"."customer_id" = "t60"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t35"."customer_id",
      (
        "t35"."newest" - "t46"."begun"
      ) + 1 AS "day_streak"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t14"."customer_id",
          MAX("t14"."span") AS "newest"
        FROM "t12" AS "t14"
        GROUP BY
          1
      ) AS "t21"
      WHERE
        "t21"."newest" >= 20527
    ) AS "t35"
    INNER JOIN (
      SELECT
        "t37"."customer_id",
        MAX("t37"."span") AS "begun"
      FROM (
        SELECT
          "t16"."customer_id",
          "t16"."span"
        FROM "t12" AS "t16"
        WHERE
          NOT EXISTS(
            SELECT
              1
            FROM (
              SELECT
                "t14"."customer_id",
                "t14"."span" + 1 AS "span"
              FROM "t12" AS "t14"
            ) AS "t26"
            WHERE
              "t16"."customer_id" = "t26"."customer_id" AND "t16"."span" = "t26"."span"
          )
      ) AS "t37"
      GROUP BY
        1
    ) AS "t46"
      ON "t35"."customer_id" = "t46"."customer_id"
  ) AS "t55"
    ON "t3"."customer_id" = "t55"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t36"."customer_id",
      (
        "t36"."newest" - "t47"."begun"
      ) + 1 AS "weeks"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t15"."customer_id",
          MAX("t15"."span") AS "newest"
        FROM "t13" AS "t15"
        GROUP BY
          1
      ) AS "t23"
      WHERE
        "t23"."newest" >= 2932
    ) AS "t36"
    INNER JOIN (
      SELECT
        "t38"."customer_id",
        MAX("t38"."span") AS "begun"
      FROM (
        SELECT
          "t17"."customer_id",
          "t17"."span"
        FROM "t13" AS "t17"
        WHERE
          NOT EXISTS(
            SELECT
              1
            FROM (
              SELECT
                "t15"."customer_id",
                "t15"."span" + 1 AS "span"
              FROM "t13" AS "t15"
            ) AS "t27"
            WHERE
              "t17"."customer_id" = "t27"."customer_id" AND "t17"."span" = "t27"."span"
          )
      ) AS "t38"
      GROUP BY
        1
    ) AS "t47"
      ON "t36"."customer_id" = "t47"."customer_id"
  ) AS "t56"
    ON "t3"."customer_id" = "t56"."customer_id"
  WHERE
    EXISTS(
      SELECT
        1
      FROM "touched" AS "t4"
      WHERE
        "t3"."customer_id" = "t4"."customer_id"
    )
) AS "t62";
