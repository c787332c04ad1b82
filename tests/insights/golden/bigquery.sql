-- anniversary
SELECT
  `t0`.`customer_id`
FROM `insight` AS `t0`
WHERE
  TRUE
  AND COALESCE(`t0`.`anniversary_in` <= 7, FALSE)
  AND COALESCE(`t0`.`week_streak` >= 8, FALSE);

-- new-favourite
SELECT
  `t0`.`customer_id`
FROM `insight` AS `t0`
WHERE
  TRUE
  AND COALESCE(`t0`.`new_favourite` IS NOT NULL, FALSE)
  AND COALESCE(`t0`.`baskets_90` >= 5, FALSE);

-- quiet-after-heavy-use
SELECT
  `t0`.`customer_id`
FROM `insight` AS `t0`
WHERE
  TRUE
  AND COALESCE(`t0`.`baskets_365` >= 40, FALSE)
  AND COALESCE(`t0`.`baskets_30` <= 1, FALSE);

-- win-back
SELECT
  `t0`.`customer_id`
FROM `insight` AS `t0`
WHERE
  TRUE
  AND COALESCE(`t0`.`overdue_ratio` >= 2.5, FALSE)
  AND COALESCE(`t0`.`days_since_basket` >= 28, FALSE)
  AND COALESCE(`t0`.`baskets_365` >= 12, FALSE);

-- windows
SELECT
  `t18`.`customer_id`
FROM (
  SELECT
    *
  FROM `insight` AS `t0`
  WHERE
    TRUE
    AND COALESCE(LOWER(`t0`.`language`) IN (LOWER('en'), LOWER('DE')), FALSE)
    AND `t0`.`customer_id` IN (
      SELECT
        `t16`.`customer_id`
      FROM (
        SELECT
          `t15`.`customer_id`,
          COUNT(*) AS `times`
        FROM (
          SELECT
            `t14`.*
            EXCEPT (`time_zone`)
          FROM (
            SELECT
              *
            FROM (
              SELECT
                `t7`.`id`,
                `t7`.`customer_id`,
                `t7`.`name`,
                `t7`.`at`,
                `t7`.`properties`,
                `t7`.`day`,
                `t7`.`amount_cents`,
                `t7`.`items`,
                `t7`.`department`,
                `t7`.`discount_cents`,
                `t3`.`time_zone`
              FROM (
                SELECT
                  *
                FROM `event` AS `t1`
                WHERE
                  `t1`.`name` = 'basket'
                  AND `t1`.`at` <= DATETIME('2026-03-16T10:00:00')
                  AND COALESCE(`t1`.`amount_cents` >= 2000, FALSE)
                  AND `t1`.`at` >= DATETIME('2025-12-15T10:15:00')
              ) AS `t7`
              INNER JOIN (
                SELECT
                  `t0`.`customer_id`,
                  `t0`.`time_zone`
                FROM `insight` AS `t0`
              ) AS `t3`
                ON `t7`.`customer_id` = `t3`.`customer_id`
            ) AS `t9`
            WHERE
              (
                (
                  `t9`.`at` >= DATETIME('2025-12-16T00:00:00')
                )
                AND (
                  `t9`.`at` < DATETIME('2026-03-17T00:00:00')
                )
                AND NOT (
                  `t9`.`time_zone` IN (
                    'Africa/Addis_Ababa',
                    'Africa/Asmara',
                    'Africa/Asmera',
                    'Africa/Dar_es_Salaam',
                    'Africa/Djibouti',
                    'Africa/Kampala',
                    'Africa/Mogadishu',
                    'Africa/Nairobi',
                    'Antarctica/Syowa',
                    'Asia/Aden',
                    'Asia/Amman',
                    'Asia/Baghdad',
                    'Asia/Bahrain',
                    'Asia/Damascus',
                    'Asia/Istanbul',
                    'Asia/Kuwait',
                    'Asia/Qatar',
                    'Asia/Riyadh',
                    'Etc/GMT-3',
                    'Europe/Istanbul',
                    'Europe/Kirov',
                    'Europe/Minsk',
                    'Europe/Moscow',
                    'Europe/Simferopol',
                    'Europe/Volgograd',
                    'Indian/Antananarivo',
                    'Indian/Comoro',
                    'Indian/Mayotte',
                    'Turkey',
                    'W-SU',
                    'Africa/Algiers',
                    'Africa/Bangui',
                    'Africa/Brazzaville',
                    'Africa/Ceuta',
                    'Africa/Douala',
                    'Africa/Kinshasa',
                    'Africa/Lagos',
                    'Africa/Libreville',
                    'Africa/Luanda',
                    'Africa/Malabo',
                    'Africa/Ndjamena',
                    'Africa/Niamey',
                    'Africa/Porto-Novo',
                    'Africa/Tunis',
                    'Arctic/Longyearbyen',
                    'Atlantic/Jan_Mayen',
                    'CET',
                    'Etc/GMT-1',
                    'Europe/Amsterdam',
                    'Europe/Andorra',
                    'Europe/Belgrade',
                    'Europe/Berlin',
                    'Europe/Bratislava',
                    'Europe/Brussels',
                    'Europe/Budapest',
                    'Europe/Busingen',
                    'Europe/Copenhagen',
                    'Europe/Gibraltar',
                    'Europe/Ljubljana',
                    'Europe/Luxembourg',
                    'Europe/Madrid',
                    'Europe/Malta',
                    'Europe/Monaco',
                    'Europe/Oslo',
                    'Europe/Paris',
                    'Europe/Podgorica',
                    'Europe/Prague',
                    'Europe/Rome',
                    'Europe/San_Marino',
                    'Europe/Sarajevo',
                    'Europe/Skopje',
                    'Europe/Stockholm',
                    'Europe/Tirane',
                    'Europe/Vaduz',
                    'Europe/Vatican',
                    'Europe/Vienna',
                    'Europe/Warsaw',
                    'Europe/Zagreb',
                    'Europe/Zurich',
                    'MET',
                    'Poland',
                    'Africa/Blantyre',
                    'Africa/Bujumbura',
                    'Africa/Cairo',
                    'Africa/Gaborone',
                    'Africa/Harare',
                    'Africa/Johannesburg',
                    'Africa/Juba',
                    'Africa/Khartoum',
                    'Africa/Kigali',
                    'Africa/Lubumbashi',
                    'Africa/Lusaka',
                    'Africa/Maputo',
                    'Africa/Maseru',
                    'Africa/Mbabane',
                    'Africa/Tripoli',
                    'Africa/Windhoek',
                    'Asia/Beirut',
                    'Asia/Famagusta',
                    'Asia/Gaza',
                    'Asia/Hebron',
                    'Asia/Jerusalem',
                    'Asia/Nicosia',
                    'Asia/Tel_Aviv',
                    'EET',
                    'Egypt',
                    'Etc/GMT-2',
                    'Europe/Athens',
                    'Europe/Bucharest',
                    'Europe/Chisinau',
                    'Europe/Helsinki',
                    'Europe/Kaliningrad',
                    'Europe/Kiev',
                    'Europe/Kyiv',
                    'Europe/Mariehamn',
                    'Europe/Nicosia',
                    'Europe/Riga',
                    'Europe/Sofia',
                    'Europe/Tallinn',
                    'Europe/Tiraspol',
                    'Europe/Uzhgorod',
                    'Europe/Vilnius',
                    'Europe/Zaporozhye',
                    'Israel',
                    'Libya',
                    'Africa/Casablanca',
                    'Africa/El_Aaiun',
                    'America/Adak',
                    'America/Atka',
                    'US/Aleutian',
                    'America/Anchorage',
                    'America/Juneau',
                    'America/Metlakatla',
                    'America/Nome',
                    'America/Sitka',
                    'America/Yakutat',
                    'US/Alaska',
                    'America/Anguilla',
                    'America/Antigua',
                    'America/Aruba',
                    'America/Barbados',
                    'America/Blanc-Sablon',
                    'America/Boa_Vista',
                    'America/Campo_Grande',
                    'America/Caracas',
                    'America/Cuiaba',
                    'America/Curacao',
                    'America/Dominica',
                    'America/Grenada',
                    'America/Guadeloupe',
                    'America/Guyana',
                    'America/Kralendijk',
                    'America/La_Paz',
                    'America/Lower_Princes',
                    'America/Manaus',
                    'America/Marigot',
                    'America/Martinique',
                    'America/Montserrat',
                    'America/Port_of_Spain',
                    'America/Porto_Velho',
                    'America/Puerto_Rico',
                    'America/Santo_Domingo',
                    'America/St_Barthelemy',
                    'America/St_Kitts',
                    'America/St_Lucia',
                    'America/St_Thomas',
                    'America/St_Vincent',
                    'America/Tortola',
                    'America/Virgin',
                    'Brazil/West',
                    'Etc/GMT+4',
                    'America/Araguaina',
                    'America/Argentina/Buenos_Aires',
                    'America/Argentina/Catamarca',
                    'America/Argentina/ComodRivadavia',
                    'America/Argentina/Cordoba',
                    'America/Argentina/Jujuy',
                    'America/Argentina/La_Rioja',
                    'America/Argentina/Mendoza',
                    'America/Argentina/Rio_Gallegos',
                    'America/Argentina/Salta',
                    'America/Argentina/San_Juan',
                    'America/Argentina/San_Luis',
                    'America/Argentina/Tucuman',
                    'America/Argentina/Ushuaia',
                    'America/Asuncion',
                    'America/Bahia',
                    'America/Belem',
                    'America/Buenos_Aires',
                    'America/Catamarca',
                    'America/Cayenne',
                    'America/Cordoba',
                    'America/Coyhaique',
                    'America/Fortaleza',
                    'America/Jujuy',
                    'America/Maceio',
                    'America/Mendoza',
                    'America/Montevideo',
                    'America/Paramaribo',
                    'America/Punta_Arenas',
                    'America/Recife',
                    'America/Rosario',
                    'America/Santarem',
                    'America/Santiago',
                    'America/Sao_Paulo',
                    'Antarctica/Palmer',
                    'Antarctica/Rothera',
                    'Atlantic/Stanley',
                    'Brazil/East',
                    'Chile/Continental',
                    'Etc/GMT+3',
                    'America/Atikokan',
                    'America/Bogota',
                    'America/Cancun',
                    'America/Cayman',
                    'America/Coral_Harbour',
                    'America/Eirunepe',
                    'America/Guayaquil',
                    'America/Jamaica',
                    'America/Lima',
                    'America/Panama',
                    'America/Porto_Acre',
                    'America/Rio_Branco',
                    'Brazil/Acre',
                    'Chile/EasterIsland',
                    'EST',
                    'Etc/GMT+5',
                    'Jamaica',
                    'Pacific/Easter',
                    'America/Bahia_Banderas',
                    'America/Belize',
                    'America/Chihuahua',
                    'America/Costa_Rica',
                    'America/El_Salvador',
                    'America/Guatemala',
                    'America/Managua',
                    'America/Merida',
                    'America/Mexico_City',
                    'America/Monterrey',
                    'America/Regina',
                    'America/Swift_Current',
                    'America/Tegucigalpa',
                    'Canada/Saskatchewan',
                    'Etc/GMT+6',
                    'Mexico/General',
                    'Pacific/Galapagos',
                    'America/Boise',
                    'America/Cambridge_Bay',
                    'America/Ciudad_Juarez',
                    'America/Denver',
                    'America/Edmonton',
                    'America/Inuvik',
                    'America/Shiprock',
                    'America/Yellowknife',
                    'Canada/Mountain',
                    'MST7MDT',
                    'Navajo',
                    'US/Mountain',
                    'America/Chicago',
                    'America/Indiana/Knox',
                    'America/Indiana/Tell_City',
                    'America/Knox_IN',
                    'America/Matamoros',
                    'America/Menominee',
                    'America/North_Dakota/Beulah',
                    'America/North_Dakota/Center',
                    'America/North_Dakota/New_Salem',
                    'America/Ojinaga',
                    'America/Rainy_River',
                    'America/Rankin_Inlet',
                    'America/Resolute',
                    'America/Winnipeg',
                    'CST6CDT',
                    'Canada/Central',
                    'US/Central',
                    'US/Indiana-Starke',
                    'America/Creston',
                    'America/Dawson',
                    'America/Dawson_Creek',
                    'America/Fort_Nelson',
                    'America/Hermosillo',
                    'America/Mazatlan',
                    'America/Phoenix',
                    'America/Whitehorse',
                    'Canada/Yukon',
                    'Etc/GMT+7',
                    'MST',
                    'Mexico/BajaSur',
                    'US/Arizona',
                    'America/Detroit',
                    'America/Fort_Wayne',
                    'America/Grand_Turk',
                    'America/Havana',
                    'America/Indiana/Indianapolis',
                    'America/Indiana/Marengo',
                    'America/Indiana/Petersburg',
                    'America/Indiana/Vevay',
                    'America/Indiana/Vincennes',
                    'America/Indiana/Winamac',
                    'America/Indianapolis',
                    'America/Iqaluit',
                    'America/Kentucky/Louisville',
                    'America/Kentucky/Monticello',
                    'America/Louisville',
                    'America/Montreal',
                    'America/Nassau',
                    'America/New_York',
                    'America/Nipigon',
                    'America/Pangnirtung',
                    'America/Port-au-Prince',
                    'America/Thunder_Bay',
                    'America/Toronto',
                    'Canada/Eastern',
                    'Cuba',
                    'EST5EDT',
                    'US/East-Indiana',
                    'US/Eastern',
                    'US/Michigan',
                    'America/Ensenada',
                    'America/Los_Angeles',
                    'America/Santa_Isabel',
                    'America/Tijuana',
                    'America/Vancouver',
                    'Canada/Pacific',
                    'Mexico/BajaNorte',
                    'PST8PDT',
                    'US/Pacific',
                    'America/Glace_Bay',
                    'America/Goose_Bay',
                    'America/Halifax',
                    'America/Moncton',
                    'America/Thule',
                    'Atlantic/Bermuda',
                    'Canada/Atlantic',
                    'America/Godthab',
                    'America/Noronha',
                    'America/Nuuk',
                    'America/Scoresbysund',
                    'Atlantic/South_Georgia',
                    'Brazil/DeNoronha',
                    'Etc/GMT+2',
                    'America/Miquelon',
                    'America/St_Johns',
                    'Canada/Newfoundland',
                    'Antarctica/Casey',
                    'Asia/Brunei',
                    'Asia/Choibalsan',
                    'Asia/Chongqing',
                    'Asia/Chungking',
                    'Asia/Harbin',
                    'Asia/Hong_Kong',
                    'Asia/Irkutsk',
                    'Asia/Kuala_Lumpur',
                    'Asia/Kuching',
                    'Asia/Macao',
                    'Asia/Macau',
                    'Asia/Makassar',
                    'Asia/Manila',
                    'Asia/Shanghai',
                    'Asia/Singapore',
                    'Asia/Taipei',
                    'Asia/Ujung_Pandang',
                    'Asia/Ulaanbaatar',
                    'Asia/Ulan_Bator',
                    'Australia/Perth',
                    'Australia/West',
                    'Etc/GMT-8',
                    'Hongkong',
                    'PRC',
                    'ROC',
                    'Singapore',
                    'Antarctica/Davis',
                    'Asia/Bangkok',
                    'Asia/Barnaul',
                    'Asia/Ho_Chi_Minh',
                    'Asia/Hovd',
                    'Asia/Jakarta',
                    'Asia/Krasnoyarsk',
                    'Asia/Novokuznetsk',
                    'Asia/Novosibirsk',
                    'Asia/Phnom_Penh',
                    'Asia/Pontianak',
                    'Asia/Saigon',
                    'Asia/Tomsk',
                    'Asia/Vientiane',
                    'Etc/GMT-7',
                    'Indian/Christmas',
                    'Antarctica/DumontDUrville',
                    'Asia/Ust-Nera',
                    'Asia/Vladivostok',
                    'Australia/Brisbane',
                    'Australia/Lindeman',
                    'Australia/Queensland',
                    'Etc/GMT-10',
                    'Pacific/Chuuk',
                    'Pacific/Guam',
                    'Pacific/Port_Moresby',
                    'Pacific/Saipan',
                    'Pacific/Truk',
                    'Pacific/Yap',
                    'Antarctica/Macquarie',
                    'Asia/Magadan',
                    'Asia/Sakhalin',
                    'Asia/Srednekolymsk',
                    'Australia/ACT',
                    'Australia/Canberra',
                    'Australia/Currie',
                    'Australia/Hobart',
                    'Australia/LHI',
                    'Australia/Lord_Howe',
                    'Australia/Melbourne',
                    'Australia/NSW',
                    'Australia/Sydney',
                    'Australia/Tasmania',
                    'Australia/Victoria',
                    'Etc/GMT-11',
                    'Pacific/Bougainville',
                    'Pacific/Efate',
                    'Pacific/Guadalcanal',
                    'Pacific/Kosrae',
                    'Pacific/Noumea',
                    'Pacific/Pohnpei',
                    'Pacific/Ponape',
                    'Antarctica/Mawson',
                    'Antarctica/Vostok',
                    'Asia/Almaty',
                    'Asia/Aqtau',
                    'Asia/Aqtobe',
                    'Asia/Ashgabat',
                    'Asia/Ashkhabad',
                    'Asia/Atyrau',
                    'Asia/Dushanbe',
                    'Asia/Karachi',
                    'Asia/Oral',
                    'Asia/Qostanay',
                    'Asia/Qyzylorda',
                    'Asia/Samarkand',
                    'Asia/Tashkent',
                    'Asia/Yekaterinburg',
                    'Etc/GMT-5',
                    'Indian/Kerguelen',
                    'Indian/Maldives',
                    'Antarctica/McMurdo',
                    'Antarctica/South_Pole',
                    'Etc/GMT+11',
                    'Etc/GMT-13',
                    'NZ',
                    'Pacific/Apia',
                    'Pacific/Auckland',
                    'Pacific/Enderbury',
                    'Pacific/Fakaofo',
                    'Pacific/Kanton',
                    'Pacific/Midway',
                    'Pacific/Niue',
                    'Pacific/Pago_Pago',
                    'Pacific/Samoa',
                    'Pacific/Tongatapu',
                    'US/Samoa',
                    'Asia/Anadyr',
                    'Asia/Kamchatka',
                    'Etc/GMT+12',
                    'Etc/GMT-12',
                    'Kwajalein',
                    'Pacific/Fiji',
                    'Pacific/Funafuti',
                    'Pacific/Kwajalein',
                    'Pacific/Majuro',
                    'Pacific/Nauru',
                    'Pacific/Norfolk',
                    'Pacific/Tarawa',
                    'Pacific/Wake',
                    'Pacific/Wallis',
                    'Asia/Baku',
                    'Asia/Dubai',
                    'Asia/Muscat',
                    'Asia/Tbilisi',
                    'Asia/Yerevan',
                    'Etc/GMT-4',
                    'Europe/Astrakhan',
                    'Europe/Samara',
                    'Europe/Saratov',
                    'Europe/Ulyanovsk',
                    'Indian/Mahe',
                    'Indian/Mauritius',
                    'Indian/Reunion',
                    'Asia/Bishkek',
                    'Asia/Dacca',
                    'Asia/Dhaka',
                    'Asia/Kashgar',
                    'Asia/Omsk',
                    'Asia/Thimbu',
                    'Asia/Thimphu',
                    'Asia/Urumqi',
                    'Etc/GMT-6',
                    'Indian/Chagos',
                    'Asia/Calcutta',
                    'Asia/Colombo',
                    'Asia/Kolkata',
                    'Asia/Chita',
                    'Asia/Dili',
                    'Asia/Jayapura',
                    'Asia/Khandyga',
                    'Asia/Pyongyang',
                    'Asia/Seoul',
                    'Asia/Tokyo',
                    'Asia/Yakutsk',
                    'Etc/GMT-9',
                    'Japan',
                    'Pacific/Palau',
                    'ROK',
                    'Asia/Kabul',
                    'Asia/Kathmandu',
                    'Asia/Katmandu',
                    'Asia/Rangoon',
                    'Asia/Yangon',
                    'Indian/Cocos',
                    'Asia/Tehran',
                    'Iran',
                    'Atlantic/Azores',
                    'Atlantic/Cape_Verde',
                    'Etc/GMT+1',
                    'Australia/Adelaide',
                    'Australia/Broken_Hill',
                    'Australia/South',
                    'Australia/Yancowinna',
                    'Australia/Darwin',
                    'Australia/North',
                    'Australia/Eucla',
                    'Etc/GMT+10',
                    'Etc/GMT-14',
                    'HST',
                    'Pacific/Honolulu',
                    'Pacific/Johnston',
                    'Pacific/Kiritimati',
                    'Pacific/Rarotonga',
                    'Pacific/Tahiti',
                    'US/Hawaii',
                    'Etc/GMT+8',
                    'Pacific/Pitcairn',
                    'Etc/GMT+9',
                    'Pacific/Gambier',
                    'NZ-CHAT',
                    'Pacific/Chatham',
                    'Pacific/Marquesas'
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Africa/Addis_Ababa',
                  'Africa/Asmara',
                  'Africa/Asmera',
                  'Africa/Dar_es_Salaam',
                  'Africa/Djibouti',
                  'Africa/Kampala',
                  'Africa/Mogadishu',
                  'Africa/Nairobi',
                  'Antarctica/Syowa',
                  'Asia/Aden',
                  'Asia/Amman',
                  'Asia/Baghdad',
                  'Asia/Bahrain',
                  'Asia/Damascus',
                  'Asia/Istanbul',
                  'Asia/Kuwait',
                  'Asia/Qatar',
                  'Asia/Riyadh',
                  'Etc/GMT-3',
                  'Europe/Istanbul',
                  'Europe/Kirov',
                  'Europe/Minsk',
                  'Europe/Moscow',
                  'Europe/Simferopol',
                  'Europe/Volgograd',
                  'Indian/Antananarivo',
                  'Indian/Comoro',
                  'Indian/Mayotte',
                  'Turkey',
                  'W-SU'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T21:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T21:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Africa/Algiers',
                  'Africa/Bangui',
                  'Africa/Brazzaville',
                  'Africa/Ceuta',
                  'Africa/Douala',
                  'Africa/Kinshasa',
                  'Africa/Lagos',
                  'Africa/Libreville',
                  'Africa/Luanda',
                  'Africa/Malabo',
                  'Africa/Ndjamena',
                  'Africa/Niamey',
                  'Africa/Porto-Novo',
                  'Africa/Tunis',
                  'Arctic/Longyearbyen',
                  'Atlantic/Jan_Mayen',
                  'CET',
                  'Etc/GMT-1',
                  'Europe/Amsterdam',
                  'Europe/Andorra',
                  'Europe/Belgrade',
                  'Europe/Berlin',
                  'Europe/Bratislava',
                  'Europe/Brussels',
                  'Europe/Budapest',
                  'Europe/Busingen',
                  'Europe/Copenhagen',
                  'Europe/Gibraltar',
                  'Europe/Ljubljana',
                  'Europe/Luxembourg',
                  'Europe/Madrid',
                  'Europe/Malta',
                  'Europe/Monaco',
                  'Europe/Oslo',
                  'Europe/Paris',
                  'Europe/Podgorica',
                  'Europe/Prague',
                  'Europe/Rome',
                  'Europe/San_Marino',
                  'Europe/Sarajevo',
                  'Europe/Skopje',
                  'Europe/Stockholm',
                  'Europe/Tirane',
                  'Europe/Vaduz',
                  'Europe/Vatican',
                  'Europe/Vienna',
                  'Europe/Warsaw',
                  'Europe/Zagreb',
                  'Europe/Zurich',
                  'MET',
                  'Poland'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T23:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T23:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Africa/Blantyre',
                  'Africa/Bujumbura',
                  'Africa/Cairo',
                  'Africa/Gaborone',
                  'Africa/Harare',
                  'Africa/Johannesburg',
                  'Africa/Juba',
                  'Africa/Khartoum',
                  'Africa/Kigali',
                  'Africa/Lubumbashi',
                  'Africa/Lusaka',
                  'Africa/Maputo',
                  'Africa/Maseru',
                  'Africa/Mbabane',
                  'Africa/Tripoli',
                  'Africa/Windhoek',
                  'Asia/Beirut',
                  'Asia/Famagusta',
                  'Asia/Gaza',
                  'Asia/Hebron',
                  'Asia/Jerusalem',
                  'Asia/Nicosia',
                  'Asia/Tel_Aviv',
                  'EET',
                  'Egypt',
                  'Etc/GMT-2',
                  'Europe/Athens',
                  'Europe/Bucharest',
                  'Europe/Chisinau',
                  'Europe/Helsinki',
                  'Europe/Kaliningrad',
                  'Europe/Kiev',
                  'Europe/Kyiv',
                  'Europe/Mariehamn',
                  'Europe/Nicosia',
                  'Europe/Riga',
                  'Europe/Sofia',
                  'Europe/Tallinn',
                  'Europe/Tiraspol',
                  'Europe/Uzhgorod',
                  'Europe/Vilnius',
                  'Europe/Zaporozhye',
                  'Israel',
                  'Libya'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T22:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T22:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Africa/Casablanca', 'Africa/El_Aaiun')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T23:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T00:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('America/Adak', 'America/Atka', 'US/Aleutian')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T10:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T09:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Anchorage',
                  'America/Juneau',
                  'America/Metlakatla',
                  'America/Nome',
                  'America/Sitka',
                  'America/Yakutat',
                  'US/Alaska'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T09:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T08:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Anguilla',
                  'America/Antigua',
                  'America/Aruba',
                  'America/Barbados',
                  'America/Blanc-Sablon',
                  'America/Boa_Vista',
                  'America/Campo_Grande',
                  'America/Caracas',
                  'America/Cuiaba',
                  'America/Curacao',
                  'America/Dominica',
                  'America/Grenada',
                  'America/Guadeloupe',
                  'America/Guyana',
                  'America/Kralendijk',
                  'America/La_Paz',
                  'America/Lower_Princes',
                  'America/Manaus',
                  'America/Marigot',
                  'America/Martinique',
                  'America/Montserrat',
                  'America/Port_of_Spain',
                  'America/Porto_Velho',
                  'America/Puerto_Rico',
                  'America/Santo_Domingo',
                  'America/St_Barthelemy',
                  'America/St_Kitts',
                  'America/St_Lucia',
                  'America/St_Thomas',
                  'America/St_Vincent',
                  'America/Tortola',
                  'America/Virgin',
                  'Brazil/West',
                  'Etc/GMT+4'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T04:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T04:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Araguaina',
                  'America/Argentina/Buenos_Aires',
                  'America/Argentina/Catamarca',
                  'America/Argentina/ComodRivadavia',
                  'America/Argentina/Cordoba',
                  'America/Argentina/Jujuy',
                  'America/Argentina/La_Rioja',
                  'America/Argentina/Mendoza',
                  'America/Argentina/Rio_Gallegos',
                  'America/Argentina/Salta',
                  'America/Argentina/San_Juan',
                  'America/Argentina/San_Luis',
                  'America/Argentina/Tucuman',
                  'America/Argentina/Ushuaia',
                  'America/Asuncion',
                  'America/Bahia',
                  'America/Belem',
                  'America/Buenos_Aires',
                  'America/Catamarca',
                  'America/Cayenne',
                  'America/Cordoba',
                  'America/Coyhaique',
                  'America/Fortaleza',
                  'America/Jujuy',
                  'America/Maceio',
                  'America/Mendoza',
                  'America/Montevideo',
                  'America/Paramaribo',
                  'America/Punta_Arenas',
                  'America/Recife',
                  'America/Rosario',
                  'America/Santarem',
                  'America/Santiago',
                  'America/Sao_Paulo',
                  'Antarctica/Palmer',
                  'Antarctica/Rothera',
                  'Atlantic/Stanley',
                  'Brazil/East',
                  'Chile/Continental',
                  'Etc/GMT+3'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T03:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T03:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Atikokan',
                  'America/Bogota',
                  'America/Cancun',
                  'America/Cayman',
                  'America/Coral_Harbour',
                  'America/Eirunepe',
                  'America/Guayaquil',
                  'America/Jamaica',
                  'America/Lima',
                  'America/Panama',
                  'America/Porto_Acre',
                  'America/Rio_Branco',
                  'Brazil/Acre',
                  'Chile/EasterIsland',
                  'EST',
                  'Etc/GMT+5',
                  'Jamaica',
                  'Pacific/Easter'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T05:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T05:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Bahia_Banderas',
                  'America/Belize',
                  'America/Chihuahua',
                  'America/Costa_Rica',
                  'America/El_Salvador',
                  'America/Guatemala',
                  'America/Managua',
                  'America/Merida',
                  'America/Mexico_City',
                  'America/Monterrey',
                  'America/Regina',
                  'America/Swift_Current',
                  'America/Tegucigalpa',
                  'Canada/Saskatchewan',
                  'Etc/GMT+6',
                  'Mexico/General',
                  'Pacific/Galapagos'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T06:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T06:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Boise',
                  'America/Cambridge_Bay',
                  'America/Ciudad_Juarez',
                  'America/Denver',
                  'America/Edmonton',
                  'America/Inuvik',
                  'America/Shiprock',
                  'America/Yellowknife',
                  'Canada/Mountain',
                  'MST7MDT',
                  'Navajo',
                  'US/Mountain'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T07:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T06:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Chicago',
                  'America/Indiana/Knox',
                  'America/Indiana/Tell_City',
                  'America/Knox_IN',
                  'America/Matamoros',
                  'America/Menominee',
                  'America/North_Dakota/Beulah',
                  'America/North_Dakota/Center',
                  'America/North_Dakota/New_Salem',
                  'America/Ojinaga',
                  'America/Rainy_River',
                  'America/Rankin_Inlet',
                  'America/Resolute',
                  'America/Winnipeg',
                  'CST6CDT',
                  'Canada/Central',
                  'US/Central',
                  'US/Indiana-Starke'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T06:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T05:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Creston',
                  'America/Dawson',
                  'America/Dawson_Creek',
                  'America/Fort_Nelson',
                  'America/Hermosillo',
                  'America/Mazatlan',
                  'America/Phoenix',
                  'America/Whitehorse',
                  'Canada/Yukon',
                  'Etc/GMT+7',
                  'MST',
                  'Mexico/BajaSur',
                  'US/Arizona'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T07:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T07:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Detroit',
                  'America/Fort_Wayne',
                  'America/Grand_Turk',
                  'America/Havana',
                  'America/Indiana/Indianapolis',
                  'America/Indiana/Marengo',
                  'America/Indiana/Petersburg',
                  'America/Indiana/Vevay',
                  'America/Indiana/Vincennes',
                  'America/Indiana/Winamac',
                  'America/Indianapolis',
                  'America/Iqaluit',
                  'America/Kentucky/Louisville',
                  'America/Kentucky/Monticello',
                  'America/Louisville',
                  'America/Montreal',
                  'America/Nassau',
                  'America/New_York',
                  'America/Nipigon',
                  'America/Pangnirtung',
                  'America/Port-au-Prince',
                  'America/Thunder_Bay',
                  'America/Toronto',
                  'Canada/Eastern',
                  'Cuba',
                  'EST5EDT',
                  'US/East-Indiana',
                  'US/Eastern',
                  'US/Michigan'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T05:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T04:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Ensenada',
                  'America/Los_Angeles',
                  'America/Santa_Isabel',
                  'America/Tijuana',
                  'America/Vancouver',
                  'Canada/Pacific',
                  'Mexico/BajaNorte',
                  'PST8PDT',
                  'US/Pacific'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T08:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T07:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Glace_Bay',
                  'America/Goose_Bay',
                  'America/Halifax',
                  'America/Moncton',
                  'America/Thule',
                  'Atlantic/Bermuda',
                  'Canada/Atlantic'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T04:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T03:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'America/Godthab',
                  'America/Noronha',
                  'America/Nuuk',
                  'America/Scoresbysund',
                  'Atlantic/South_Georgia',
                  'Brazil/DeNoronha',
                  'Etc/GMT+2'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T02:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T02:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('America/Miquelon')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T03:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T02:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('America/St_Johns', 'Canada/Newfoundland')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T03:30:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T02:30:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Antarctica/Casey',
                  'Asia/Brunei',
                  'Asia/Choibalsan',
                  'Asia/Chongqing',
                  'Asia/Chungking',
                  'Asia/Harbin',
                  'Asia/Hong_Kong',
                  'Asia/Irkutsk',
                  'Asia/Kuala_Lumpur',
                  'Asia/Kuching',
                  'Asia/Macao',
                  'Asia/Macau',
                  'Asia/Makassar',
                  'Asia/Manila',
                  'Asia/Shanghai',
                  'Asia/Singapore',
                  'Asia/Taipei',
                  'Asia/Ujung_Pandang',
                  'Asia/Ulaanbaatar',
                  'Asia/Ulan_Bator',
                  'Australia/Perth',
                  'Australia/West',
                  'Etc/GMT-8',
                  'Hongkong',
                  'PRC',
                  'ROC',
                  'Singapore'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T16:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T16:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Antarctica/Davis',
                  'Asia/Bangkok',
                  'Asia/Barnaul',
                  'Asia/Ho_Chi_Minh',
                  'Asia/Hovd',
                  'Asia/Jakarta',
                  'Asia/Krasnoyarsk',
                  'Asia/Novokuznetsk',
                  'Asia/Novosibirsk',
                  'Asia/Phnom_Penh',
                  'Asia/Pontianak',
                  'Asia/Saigon',
                  'Asia/Tomsk',
                  'Asia/Vientiane',
                  'Etc/GMT-7',
                  'Indian/Christmas'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T17:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T17:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Antarctica/DumontDUrville',
                  'Asia/Ust-Nera',
                  'Asia/Vladivostok',
                  'Australia/Brisbane',
                  'Australia/Lindeman',
                  'Australia/Queensland',
                  'Etc/GMT-10',
                  'Pacific/Chuuk',
                  'Pacific/Guam',
                  'Pacific/Port_Moresby',
                  'Pacific/Saipan',
                  'Pacific/Truk',
                  'Pacific/Yap'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T14:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T14:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Antarctica/Macquarie',
                  'Asia/Magadan',
                  'Asia/Sakhalin',
                  'Asia/Srednekolymsk',
                  'Australia/ACT',
                  'Australia/Canberra',
                  'Australia/Currie',
                  'Australia/Hobart',
                  'Australia/LHI',
                  'Australia/Lord_Howe',
                  'Australia/Melbourne',
                  'Australia/NSW',
                  'Australia/Sydney',
                  'Australia/Tasmania',
                  'Australia/Victoria',
                  'Etc/GMT-11',
                  'Pacific/Bougainville',
                  'Pacific/Efate',
                  'Pacific/Guadalcanal',
                  'Pacific/Kosrae',
                  'Pacific/Noumea',
                  'Pacific/Pohnpei',
                  'Pacific/Ponape'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T13:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T13:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Antarctica/Mawson',
                  'Antarctica/Vostok',
                  'Asia/Almaty',
                  'Asia/Aqtau',
                  'Asia/Aqtobe',
                  'Asia/Ashgabat',
                  'Asia/Ashkhabad',
                  'Asia/Atyrau',
                  'Asia/Dushanbe',
                  'Asia/Karachi',
                  'Asia/Oral',
                  'Asia/Qostanay',
                  'Asia/Qyzylorda',
                  'Asia/Samarkand',
                  'Asia/Tashkent',
                  'Asia/Yekaterinburg',
                  'Etc/GMT-5',
                  'Indian/Kerguelen',
                  'Indian/Maldives'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T19:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T19:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Antarctica/McMurdo',
                  'Antarctica/South_Pole',
                  'Etc/GMT+11',
                  'Etc/GMT-13',
                  'NZ',
                  'Pacific/Apia',
                  'Pacific/Auckland',
                  'Pacific/Enderbury',
                  'Pacific/Fakaofo',
                  'Pacific/Kanton',
                  'Pacific/Midway',
                  'Pacific/Niue',
                  'Pacific/Pago_Pago',
                  'Pacific/Samoa',
                  'Pacific/Tongatapu',
                  'US/Samoa'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T11:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T11:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Asia/Anadyr',
                  'Asia/Kamchatka',
                  'Etc/GMT+12',
                  'Etc/GMT-12',
                  'Kwajalein',
                  'Pacific/Fiji',
                  'Pacific/Funafuti',
                  'Pacific/Kwajalein',
                  'Pacific/Majuro',
                  'Pacific/Nauru',
                  'Pacific/Norfolk',
                  'Pacific/Tarawa',
                  'Pacific/Wake',
                  'Pacific/Wallis'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T12:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T12:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Asia/Baku',
                  'Asia/Dubai',
                  'Asia/Muscat',
                  'Asia/Tbilisi',
                  'Asia/Yerevan',
                  'Etc/GMT-4',
                  'Europe/Astrakhan',
                  'Europe/Samara',
                  'Europe/Saratov',
                  'Europe/Ulyanovsk',
                  'Indian/Mahe',
                  'Indian/Mauritius',
                  'Indian/Reunion'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T20:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T20:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Asia/Bishkek',
                  'Asia/Dacca',
                  'Asia/Dhaka',
                  'Asia/Kashgar',
                  'Asia/Omsk',
                  'Asia/Thimbu',
                  'Asia/Thimphu',
                  'Asia/Urumqi',
                  'Etc/GMT-6',
                  'Indian/Chagos'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T18:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T18:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Asia/Calcutta', 'Asia/Colombo', 'Asia/Kolkata')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T18:30:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T18:30:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Asia/Chita',
                  'Asia/Dili',
                  'Asia/Jayapura',
                  'Asia/Khandyga',
                  'Asia/Pyongyang',
                  'Asia/Seoul',
                  'Asia/Tokyo',
                  'Asia/Yakutsk',
                  'Etc/GMT-9',
                  'Japan',
                  'Pacific/Palau',
                  'ROK'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T15:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T15:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Asia/Kabul')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T19:30:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T19:30:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Asia/Kathmandu', 'Asia/Katmandu')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T18:15:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T18:15:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Asia/Rangoon', 'Asia/Yangon', 'Indian/Cocos')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T17:30:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T17:30:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Asia/Tehran', 'Iran')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T20:30:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T20:30:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Atlantic/Azores', 'Atlantic/Cape_Verde', 'Etc/GMT+1')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T01:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T01:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Australia/Adelaide',
                  'Australia/Broken_Hill',
                  'Australia/South',
                  'Australia/Yancowinna'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T13:30:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T13:30:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Australia/Darwin', 'Australia/North')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T14:30:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T14:30:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Australia/Eucla')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T15:15:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T15:15:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN (
                  'Etc/GMT+10',
                  'Etc/GMT-14',
                  'HST',
                  'Pacific/Honolulu',
                  'Pacific/Johnston',
                  'Pacific/Kiritimati',
                  'Pacific/Rarotonga',
                  'Pacific/Tahiti',
                  'US/Hawaii'
                )
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T10:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T10:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Etc/GMT+8', 'Pacific/Pitcairn')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T08:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T08:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Etc/GMT+9', 'Pacific/Gambier')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T09:00:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T09:00:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('NZ-CHAT', 'Pacific/Chatham')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-15T10:15:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-16T10:15:00')
                  )
                )
              )
              OR (
                `t9`.`time_zone` IN ('Pacific/Marquesas')
                AND (
                  (
                    `t9`.`at` >= DATETIME('2025-12-16T09:30:00')
                  )
                  AND (
                    `t9`.`at` < DATETIME('2026-03-17T09:30:00')
                  )
                )
              )
          ) AS `t14`
        ) AS `t15`
        GROUP BY
          1
      ) AS `t16`
      WHERE
        `t16`.`times` >= 2
    )
    AND NOT (
      `t0`.`customer_id` IN (
        SELECT
          `t12`.`customer_id`
        FROM (
          SELECT
            `t11`.`customer_id`,
            COUNT(*) AS `times`
          FROM (
            SELECT
              `t10`.*
              EXCEPT (`time_zone`)
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  `t5`.`id`,
                  `t5`.`customer_id`,
                  `t5`.`name`,
                  `t5`.`at`,
                  `t5`.`properties`,
                  `t5`.`day`,
                  `t5`.`amount_cents`,
                  `t5`.`items`,
                  `t5`.`department`,
                  `t5`.`discount_cents`,
                  `t3`.`time_zone`
                FROM (
                  SELECT
                    *
                  FROM `event` AS `t1`
                  WHERE
                    `t1`.`name` = 'opened'
                    AND `t1`.`at` <= DATETIME('2026-03-16T10:00:00')
                    AND `t1`.`at` >= DATETIME('2026-03-08T10:15:00')
                ) AS `t5`
                INNER JOIN (
                  SELECT
                    `t0`.`customer_id`,
                    `t0`.`time_zone`
                  FROM `insight` AS `t0`
                ) AS `t3`
                  ON `t5`.`customer_id` = `t3`.`customer_id`
              ) AS `t8`
              WHERE
                (
                  (
                    `t8`.`at` >= DATETIME('2026-03-09T00:00:00')
                  )
                  AND (
                    `t8`.`at` < DATETIME('2026-03-17T00:00:00')
                  )
                  AND NOT (
                    `t8`.`time_zone` IN (
                      'Africa/Addis_Ababa',
                      'Africa/Asmara',
                      'Africa/Asmera',
                      'Africa/Dar_es_Salaam',
                      'Africa/Djibouti',
                      'Africa/Kampala',
                      'Africa/Mogadishu',
                      'Africa/Nairobi',
                      'Antarctica/Syowa',
                      'Asia/Aden',
                      'Asia/Amman',
                      'Asia/Baghdad',
                      'Asia/Bahrain',
                      'Asia/Damascus',
                      'Asia/Istanbul',
                      'Asia/Kuwait',
                      'Asia/Qatar',
                      'Asia/Riyadh',
                      'Etc/GMT-3',
                      'Europe/Istanbul',
                      'Europe/Kirov',
                      'Europe/Minsk',
                      'Europe/Moscow',
                      'Europe/Simferopol',
                      'Europe/Volgograd',
                      'Indian/Antananarivo',
                      'Indian/Comoro',
                      'Indian/Mayotte',
                      'Turkey',
                      'W-SU',
                      'Africa/Algiers',
                      'Africa/Bangui',
                      'Africa/Brazzaville',
                      'Africa/Ceuta',
                      'Africa/Douala',
                      'Africa/Kinshasa',
                      'Africa/Lagos',
                      'Africa/Libreville',
                      'Africa/Luanda',
                      'Africa/Malabo',
                      'Africa/Ndjamena',
                      'Africa/Niamey',
                      'Africa/Porto-Novo',
                      'Africa/Tunis',
                      'Arctic/Longyearbyen',
                      'Atlantic/Jan_Mayen',
                      'CET',
                      'Etc/GMT-1',
                      'Europe/Amsterdam',
                      'Europe/Andorra',
                      'Europe/Belgrade',
                      'Europe/Berlin',
                      'Europe/Bratislava',
                      'Europe/Brussels',
                      'Europe/Budapest',
                      'Europe/Busingen',
                      'Europe/Copenhagen',
                      'Europe/Gibraltar',
                      'Europe/Ljubljana',
                      'Europe/Luxembourg',
                      'Europe/Madrid',
                      'Europe/Malta',
                      'Europe/Monaco',
                      'Europe/Oslo',
                      'Europe/Paris',
                      'Europe/Podgorica',
                      'Europe/Prague',
                      'Europe/Rome',
                      'Europe/San_Marino',
                      'Europe/Sarajevo',
                      'Europe/Skopje',
                      'Europe/Stockholm',
                      'Europe/Tirane',
                      'Europe/Vaduz',
                      'Europe/Vatican',
                      'Europe/Vienna',
                      'Europe/Warsaw',
                      'Europe/Zagreb',
                      'Europe/Zurich',
                      'MET',
                      'Poland',
                      'Africa/Blantyre',
                      'Africa/Bujumbura',
                      'Africa/Cairo',
                      'Africa/Gaborone',
                      'Africa/Harare',
                      'Africa/Johannesburg',
                      'Africa/Juba',
                      'Africa/Khartoum',
                      'Africa/Kigali',
                      'Africa/Lubumbashi',
                      'Africa/Lusaka',
                      'Africa/Maputo',
                      'Africa/Maseru',
                      'Africa/Mbabane',
                      'Africa/Tripoli',
                      'Africa/Windhoek',
                      'Asia/Beirut',
                      'Asia/Famagusta',
                      'Asia/Gaza',
                      'Asia/Hebron',
                      'Asia/Jerusalem',
                      'Asia/Nicosia',
                      'Asia/Tel_Aviv',
                      'EET',
                      'Egypt',
                      'Etc/GMT-2',
                      'Europe/Athens',
                      'Europe/Bucharest',
                      'Europe/Chisinau',
                      'Europe/Helsinki',
                      'Europe/Kaliningrad',
                      'Europe/Kiev',
                      'Europe/Kyiv',
                      'Europe/Mariehamn',
                      'Europe/Nicosia',
                      'Europe/Riga',
                      'Europe/Sofia',
                      'Europe/Tallinn',
                      'Europe/Tiraspol',
                      'Europe/Uzhgorod',
                      'Europe/Vilnius',
                      'Europe/Zaporozhye',
                      'Israel',
                      'Libya',
                      'America/Adak',
                      'America/Atka',
                      'Etc/GMT+9',
                      'Pacific/Gambier',
                      'US/Aleutian',
                      'America/Anchorage',
                      'America/Juneau',
                      'America/Metlakatla',
                      'America/Nome',
                      'America/Sitka',
                      'America/Yakutat',
                      'Etc/GMT+8',
                      'Pacific/Pitcairn',
                      'US/Alaska',
                      'America/Anguilla',
                      'America/Antigua',
                      'America/Aruba',
                      'America/Barbados',
                      'America/Blanc-Sablon',
                      'America/Boa_Vista',
                      'America/Campo_Grande',
                      'America/Caracas',
                      'America/Cuiaba',
                      'America/Curacao',
                      'America/Detroit',
                      'America/Dominica',
                      'America/Fort_Wayne',
                      'America/Grand_Turk',
                      'America/Grenada',
                      'America/Guadeloupe',
                      'America/Guyana',
                      'America/Havana',
                      'America/Indiana/Indianapolis',
                      'America/Indiana/Marengo',
                      'America/Indiana/Petersburg',
                      'America/Indiana/Vevay',
                      'America/Indiana/Vincennes',
                      'America/Indiana/Winamac',
                      'America/Indianapolis',
                      'America/Iqaluit',
                      'America/Kentucky/Louisville',
                      'America/Kentucky/Monticello',
                      'America/Kralendijk',
                      'America/La_Paz',
                      'America/Louisville',
                      'America/Lower_Princes',
                      'America/Manaus',
                      'America/Marigot',
                      'America/Martinique',
                      'America/Montreal',
                      'America/Montserrat',
                      'America/Nassau',
                      'America/New_York',
                      'America/Nipigon',
                      'America/Pangnirtung',
                      'America/Port-au-Prince',
                      'America/Port_of_Spain',
                      'America/Porto_Velho',
                      'America/Puerto_Rico',
                      'America/Santo_Domingo',
                      'America/St_Barthelemy',
                      'America/St_Kitts',
                      'America/St_Lucia',
                      'America/St_Thomas',
                      'America/St_Vincent',
                      'America/Thunder_Bay',
                      'America/Toronto',
                      'America/Tortola',
                      'America/Virgin',
                      'Brazil/West',
                      'Canada/Eastern',
                      'Cuba',
                      'EST5EDT',
                      'Etc/GMT+4',
                      'US/East-Indiana',
                      'US/Eastern',
                      'US/Michigan',
                      'America/Araguaina',
                      'America/Argentina/Buenos_Aires',
                      'America/Argentina/Catamarca',
                      'America/Argentina/ComodRivadavia',
                      'America/Argentina/Cordoba',
                      'America/Argentina/Jujuy',
                      'America/Argentina/La_Rioja',
                      'America/Argentina/Mendoza',
                      'America/Argentina/Rio_Gallegos',
                      'America/Argentina/Salta',
                      'America/Argentina/San_Juan',
                      'America/Argentina/San_Luis',
                      'America/Argentina/Tucuman',
                      'America/Argentina/Ushuaia',
                      'America/Asuncion',
                      'America/Bahia',
                      'America/Belem',
                      'America/Buenos_Aires',
                      'America/Catamarca',
                      'America/Cayenne',
                      'America/Cordoba',
                      'America/Coyhaique',
                      'America/Fortaleza',
                      'America/Glace_Bay',
                      'America/Goose_Bay',
                      'America/Halifax',
                      'America/Jujuy',
                      'America/Maceio',
                      'America/Mendoza',
                      'America/Moncton',
                      'America/Montevideo',
                      'America/Paramaribo',
                      'America/Punta_Arenas',
                      'America/Recife',
                      'America/Rosario',
                      'America/Santarem',
                      'America/Santiago',
                      'America/Sao_Paulo',
                      'America/Thule',
                      'Antarctica/Palmer',
                      'Antarctica/Rothera',
                      'Atlantic/Bermuda',
                      'Atlantic/Stanley',
                      'Brazil/East',
                      'Canada/Atlantic',
                      'Chile/Continental',
                      'Etc/GMT+3',
                      'America/Atikokan',
                      'America/Bogota',
                      'America/Cancun',
                      'America/Cayman',
                      'America/Chicago',
                      'America/Coral_Harbour',
                      'America/Eirunepe',
                      'America/Guayaquil',
                      'America/Indiana/Knox',
                      'America/Indiana/Tell_City',
                      'America/Jamaica',
                      'America/Knox_IN',
                      'America/Lima',
                      'America/Matamoros',
                      'America/Menominee',
                      'America/North_Dakota/Beulah',
                      'America/North_Dakota/Center',
                      'America/North_Dakota/New_Salem',
                      'America/Ojinaga',
                      'America/Panama',
                      'America/Porto_Acre',
                      'America/Rainy_River',
                      'America/Rankin_Inlet',
                      'America/Resolute',
                      'America/Rio_Branco',
                      'America/Winnipeg',
                      'Brazil/Acre',
                      'CST6CDT',
                      'Canada/Central',
                      'Chile/EasterIsland',
                      'EST',
                      'Etc/GMT+5',
                      'Jamaica',
                      'Pacific/Easter',
                      'US/Central',
                      'US/Indiana-Starke',
                      'America/Bahia_Banderas',
                      'America/Belize',
                      'America/Boise',
                      'America/Cambridge_Bay',
                      'America/Chihuahua',
                      'America/Ciudad_Juarez',
                      'America/Costa_Rica',
                      'America/Denver',
                      'America/Edmonton',
                      'America/El_Salvador',
                      'America/Guatemala',
                      'America/Inuvik',
                      'America/Managua',
                      'America/Merida',
                      'America/Mexico_City',
                      'America/Monterrey',
                      'America/Regina',
                      'America/Shiprock',
                      'America/Swift_Current',
                      'America/Tegucigalpa',
                      'America/Yellowknife',
                      'Canada/Mountain',
                      'Canada/Saskatchewan',
                      'Etc/GMT+6',
                      'MST7MDT',
                      'Mexico/General',
                      'Navajo',
                      'Pacific/Galapagos',
                      'US/Mountain',
                      'America/Creston',
                      'America/Dawson',
                      'America/Dawson_Creek',
                      'America/Ensenada',
                      'America/Fort_Nelson',
                      'America/Hermosillo',
                      'America/Los_Angeles',
                      'America/Mazatlan',
                      'America/Phoenix',
                      'America/Santa_Isabel',
                      'America/Tijuana',
                      'America/Vancouver',
                      'America/Whitehorse',
                      'Canada/Pacific',
                      'Canada/Yukon',
                      'Etc/GMT+7',
                      'MST',
                      'Mexico/BajaNorte',
                      'Mexico/BajaSur',
                      'PST8PDT',
                      'US/Arizona',
                      'US/Pacific',
                      'America/Godthab',
                      'America/Miquelon',
                      'America/Noronha',
                      'America/Nuuk',
                      'America/Scoresbysund',
                      'Atlantic/South_Georgia',
                      'Brazil/DeNoronha',
                      'Etc/GMT+2',
                      'America/St_Johns',
                      'Canada/Newfoundland',
                      'Antarctica/Casey',
                      'Asia/Brunei',
                      'Asia/Choibalsan',
                      'Asia/Chongqing',
                      'Asia/Chungking',
                      'Asia/Harbin',
                      'Asia/Hong_Kong',
                      'Asia/Irkutsk',
                      'Asia/Kuala_Lumpur',
                      'Asia/Kuching',
                      'Asia/Macao',
                      'Asia/Macau',
                      'Asia/Makassar',
                      'Asia/Manila',
                      'Asia/Shanghai',
                      'Asia/Singapore',
                      'Asia/Taipei',
                      'Asia/Ujung_Pandang',
                      'Asia/Ulaanbaatar',
                      'Asia/Ulan_Bator',
                      'Australia/Perth',
                      'Australia/West',
                      'Etc/GMT-8',
                      'Hongkong',
                      'PRC',
                      'ROC',
                      'Singapore',
                      'Antarctica/Davis',
                      'Asia/Bangkok',
                      'Asia/Barnaul',
                      'Asia/Ho_Chi_Minh',
                      'Asia/Hovd',
                      'Asia/Jakarta',
                      'Asia/Krasnoyarsk',
                      'Asia/Novokuznetsk',
                      'Asia/Novosibirsk',
                      'Asia/Phnom_Penh',
                      'Asia/Pontianak',
                      'Asia/Saigon',
                      'Asia/Tomsk',
                      'Asia/Vientiane',
                      'Etc/GMT-7',
                      'Indian/Christmas',
                      'Antarctica/DumontDUrville',
                      'Asia/Ust-Nera',
                      'Asia/Vladivostok',
                      'Australia/Brisbane',
                      'Australia/Lindeman',
                      'Australia/Queensland',
                      'Etc/GMT-10',
                      'Pacific/Chuuk',
                      'Pacific/Guam',
                      'Pacific/Port_Moresby',
                      'Pacific/Saipan',
                      'Pacific/Truk',
                      'Pacific/Yap',
                      'Antarctica/Macquarie',
                      'Asia/Magadan',
                      'Asia/Sakhalin',
                      'Asia/Srednekolymsk',
                      'Australia/ACT',
                      'Australia/Canberra',
                      'Australia/Currie',
                      'Australia/Hobart',
                      'Australia/LHI',
                      'Australia/Lord_Howe',
                      'Australia/Melbourne',
                      'Australia/NSW',
                      'Australia/Sydney',
                      'Australia/Tasmania',
                      'Australia/Victoria',
                      'Etc/GMT-11',
                      'Pacific/Bougainville',
                      'Pacific/Efate',
                      'Pacific/Guadalcanal',
                      'Pacific/Kosrae',
                      'Pacific/Noumea',
                      'Pacific/Pohnpei',
                      'Pacific/Ponape',
                      'Antarctica/Mawson',
                      'Antarctica/Vostok',
                      'Asia/Almaty',
                      'Asia/Aqtau',
                      'Asia/Aqtobe',
                      'Asia/Ashgabat',
                      'Asia/Ashkhabad',
                      'Asia/Atyrau',
                      'Asia/Dushanbe',
                      'Asia/Karachi',
                      'Asia/Oral',
                      'Asia/Qostanay',
                      'Asia/Qyzylorda',
                      'Asia/Samarkand',
                      'Asia/Tashkent',
                      'Asia/Yekaterinburg',
                      'Etc/GMT-5',
                      'Indian/Kerguelen',
                      'Indian/Maldives',
                      'Antarctica/McMurdo',
                      'Antarctica/South_Pole',
                      'Etc/GMT+11',
                      'Etc/GMT-13',
                      'NZ',
                      'Pacific/Apia',
                      'Pacific/Auckland',
                      'Pacific/Enderbury',
                      'Pacific/Fakaofo',
                      'Pacific/Kanton',
                      'Pacific/Midway',
                      'Pacific/Niue',
                      'Pacific/Pago_Pago',
                      'Pacific/Samoa',
                      'Pacific/Tongatapu',
                      'US/Samoa',
                      'Asia/Anadyr',
                      'Asia/Kamchatka',
                      'Etc/GMT+12',
                      'Etc/GMT-12',
                      'Kwajalein',
                      'Pacific/Fiji',
                      'Pacific/Funafuti',
                      'Pacific/Kwajalein',
                      'Pacific/Majuro',
                      'Pacific/Nauru',
                      'Pacific/Norfolk',
                      'Pacific/Tarawa',
                      'Pacific/Wake',
                      'Pacific/Wallis',
                      'Asia/Baku',
                      'Asia/Dubai',
                      'Asia/Muscat',
                      'Asia/Tbilisi',
                      'Asia/Yerevan',
                      'Etc/GMT-4',
                      'Europe/Astrakhan',
                      'Europe/Samara',
                      'Europe/Saratov',
                      'Europe/Ulyanovsk',
                      'Indian/Mahe',
                      'Indian/Mauritius',
                      'Indian/Reunion',
                      'Asia/Bishkek',
                      'Asia/Dacca',
                      'Asia/Dhaka',
                      'Asia/Kashgar',
                      'Asia/Omsk',
                      'Asia/Thimbu',
                      'Asia/Thimphu',
                      'Asia/Urumqi',
                      'Etc/GMT-6',
                      'Indian/Chagos',
                      'Asia/Calcutta',
                      'Asia/Colombo',
                      'Asia/Kolkata',
                      'Asia/Chita',
                      'Asia/Dili',
                      'Asia/Jayapura',
                      'Asia/Khandyga',
                      'Asia/Pyongyang',
                      'Asia/Seoul',
                      'Asia/Tokyo',
                      'Asia/Yakutsk',
                      'Etc/GMT-9',
                      'Japan',
                      'Pacific/Palau',
                      'ROK',
                      'Asia/Kabul',
                      'Asia/Kathmandu',
                      'Asia/Katmandu',
                      'Asia/Rangoon',
                      'Asia/Yangon',
                      'Indian/Cocos',
                      'Asia/Tehran',
                      'Iran',
                      'Atlantic/Azores',
                      'Atlantic/Cape_Verde',
                      'Etc/GMT+1',
                      'Australia/Adelaide',
                      'Australia/Broken_Hill',
                      'Australia/South',
                      'Australia/Yancowinna',
                      'Australia/Darwin',
                      'Australia/North',
                      'Australia/Eucla',
                      'Etc/GMT+10',
                      'Etc/GMT-14',
                      'HST',
                      'Pacific/Honolulu',
                      'Pacific/Johnston',
                      'Pacific/Kiritimati',
                      'Pacific/Rarotonga',
                      'Pacific/Tahiti',
                      'US/Hawaii',
                      'NZ-CHAT',
                      'Pacific/Chatham',
                      'Pacific/Marquesas'
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Africa/Addis_Ababa',
                    'Africa/Asmara',
                    'Africa/Asmera',
                    'Africa/Dar_es_Salaam',
                    'Africa/Djibouti',
                    'Africa/Kampala',
                    'Africa/Mogadishu',
                    'Africa/Nairobi',
                    'Antarctica/Syowa',
                    'Asia/Aden',
                    'Asia/Amman',
                    'Asia/Baghdad',
                    'Asia/Bahrain',
                    'Asia/Damascus',
                    'Asia/Istanbul',
                    'Asia/Kuwait',
                    'Asia/Qatar',
                    'Asia/Riyadh',
                    'Etc/GMT-3',
                    'Europe/Istanbul',
                    'Europe/Kirov',
                    'Europe/Minsk',
                    'Europe/Moscow',
                    'Europe/Simferopol',
                    'Europe/Volgograd',
                    'Indian/Antananarivo',
                    'Indian/Comoro',
                    'Indian/Mayotte',
                    'Turkey',
                    'W-SU'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T21:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T21:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Africa/Algiers',
                    'Africa/Bangui',
                    'Africa/Brazzaville',
                    'Africa/Ceuta',
                    'Africa/Douala',
                    'Africa/Kinshasa',
                    'Africa/Lagos',
                    'Africa/Libreville',
                    'Africa/Luanda',
                    'Africa/Malabo',
                    'Africa/Ndjamena',
                    'Africa/Niamey',
                    'Africa/Porto-Novo',
                    'Africa/Tunis',
                    'Arctic/Longyearbyen',
                    'Atlantic/Jan_Mayen',
                    'CET',
                    'Etc/GMT-1',
                    'Europe/Amsterdam',
                    'Europe/Andorra',
                    'Europe/Belgrade',
                    'Europe/Berlin',
                    'Europe/Bratislava',
                    'Europe/Brussels',
                    'Europe/Budapest',
                    'Europe/Busingen',
                    'Europe/Copenhagen',
                    'Europe/Gibraltar',
                    'Europe/Ljubljana',
                    'Europe/Luxembourg',
                    'Europe/Madrid',
                    'Europe/Malta',
                    'Europe/Monaco',
                    'Europe/Oslo',
                    'Europe/Paris',
                    'Europe/Podgorica',
                    'Europe/Prague',
                    'Europe/Rome',
                    'Europe/San_Marino',
                    'Europe/Sarajevo',
                    'Europe/Skopje',
                    'Europe/Stockholm',
                    'Europe/Tirane',
                    'Europe/Vaduz',
                    'Europe/Vatican',
                    'Europe/Vienna',
                    'Europe/Warsaw',
                    'Europe/Zagreb',
                    'Europe/Zurich',
                    'MET',
                    'Poland'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T23:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T23:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Africa/Blantyre',
                    'Africa/Bujumbura',
                    'Africa/Cairo',
                    'Africa/Gaborone',
                    'Africa/Harare',
                    'Africa/Johannesburg',
                    'Africa/Juba',
                    'Africa/Khartoum',
                    'Africa/Kigali',
                    'Africa/Lubumbashi',
                    'Africa/Lusaka',
                    'Africa/Maputo',
                    'Africa/Maseru',
                    'Africa/Mbabane',
                    'Africa/Tripoli',
                    'Africa/Windhoek',
                    'Asia/Beirut',
                    'Asia/Famagusta',
                    'Asia/Gaza',
                    'Asia/Hebron',
                    'Asia/Jerusalem',
                    'Asia/Nicosia',
                    'Asia/Tel_Aviv',
                    'EET',
                    'Egypt',
                    'Etc/GMT-2',
                    'Europe/Athens',
                    'Europe/Bucharest',
                    'Europe/Chisinau',
                    'Europe/Helsinki',
                    'Europe/Kaliningrad',
                    'Europe/Kiev',
                    'Europe/Kyiv',
                    'Europe/Mariehamn',
                    'Europe/Nicosia',
                    'Europe/Riga',
                    'Europe/Sofia',
                    'Europe/Tallinn',
                    'Europe/Tiraspol',
                    'Europe/Uzhgorod',
                    'Europe/Vilnius',
                    'Europe/Zaporozhye',
                    'Israel',
                    'Libya'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T22:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T22:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('America/Adak', 'America/Atka', 'Etc/GMT+9', 'Pacific/Gambier', 'US/Aleutian')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T09:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T09:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'America/Anchorage',
                    'America/Juneau',
                    'America/Metlakatla',
                    'America/Nome',
                    'America/Sitka',
                    'America/Yakutat',
                    'Etc/GMT+8',
                    'Pacific/Pitcairn',
                    'US/Alaska'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T08:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T08:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'America/Anguilla',
                    'America/Antigua',
                    'America/Aruba',
                    'America/Barbados',
                    'America/Blanc-Sablon',
                    'America/Boa_Vista',
                    'America/Campo_Grande',
                    'America/Caracas',
                    'America/Cuiaba',
                    'America/Curacao',
                    'America/Detroit',
                    'America/Dominica',
                    'America/Fort_Wayne',
                    'America/Grand_Turk',
                    'America/Grenada',
                    'America/Guadeloupe',
                    'America/Guyana',
                    'America/Havana',
                    'America/Indiana/Indianapolis',
                    'America/Indiana/Marengo',
                    'America/Indiana/Petersburg',
                    'America/Indiana/Vevay',
                    'America/Indiana/Vincennes',
                    'America/Indiana/Winamac',
                    'America/Indianapolis',
                    'America/Iqaluit',
                    'America/Kentucky/Louisville',
                    'America/Kentucky/Monticello',
                    'America/Kralendijk',
                    'America/La_Paz',
                    'America/Louisville',
                    'America/Lower_Princes',
                    'America/Manaus',
                    'America/Marigot',
                    'America/Martinique',
                    'America/Montreal',
                    'America/Montserrat',
                    'America/Nassau',
                    'America/New_York',
                    'America/Nipigon',
                    'America/Pangnirtung',
                    'America/Port-au-Prince',
                    'America/Port_of_Spain',
                    'America/Porto_Velho',
                    'America/Puerto_Rico',
                    'America/Santo_Domingo',
                    'America/St_Barthelemy',
                    'America/St_Kitts',
                    'America/St_Lucia',
                    'America/St_Thomas',
                    'America/St_Vincent',
                    'America/Thunder_Bay',
                    'America/Toronto',
                    'America/Tortola',
                    'America/Virgin',
                    'Brazil/West',
                    'Canada/Eastern',
                    'Cuba',
                    'EST5EDT',
                    'Etc/GMT+4',
                    'US/East-Indiana',
                    'US/Eastern',
                    'US/Michigan'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T04:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T04:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'America/Araguaina',
                    'America/Argentina/Buenos_Aires',
                    'America/Argentina/Catamarca',
                    'America/Argentina/ComodRivadavia',
                    'America/Argentina/Cordoba',
                    'America/Argentina/Jujuy',
                    'America/Argentina/La_Rioja',
                    'America/Argentina/Mendoza',
                    'America/Argentina/Rio_Gallegos',
                    'America/Argentina/Salta',
                    'America/Argentina/San_Juan',
                    'America/Argentina/San_Luis',
                    'America/Argentina/Tucuman',
                    'America/Argentina/Ushuaia',
                    'America/Asuncion',
                    'America/Bahia',
                    'America/Belem',
                    'America/Buenos_Aires',
                    'America/Catamarca',
                    'America/Cayenne',
                    'America/Cordoba',
                    'America/Coyhaique',
                    'America/Fortaleza',
                    'America/Glace_Bay',
                    'America/Goose_Bay',
                    'America/Halifax',
                    'America/Jujuy',
                    'America/Maceio',
                    'America/Mendoza',
                    'America/Moncton',
                    'America/Montevideo',
                    'America/Paramaribo',
                    'America/Punta_Arenas',
                    'America/Recife',
                    'America/Rosario',
                    'America/Santarem',
                    'America/Santiago',
                    'America/Sao_Paulo',
                    'America/Thule',
                    'Antarctica/Palmer',
                    'Antarctica/Rothera',
                    'Atlantic/Bermuda',
                    'Atlantic/Stanley',
                    'Brazil/East',
                    'Canada/Atlantic',
                    'Chile/Continental',
                    'Etc/GMT+3'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T03:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T03:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'America/Atikokan',
                    'America/Bogota',
                    'America/Cancun',
                    'America/Cayman',
                    'America/Chicago',
                    'America/Coral_Harbour',
                    'America/Eirunepe',
                    'America/Guayaquil',
                    'America/Indiana/Knox',
                    'America/Indiana/Tell_City',
                    'America/Jamaica',
                    'America/Knox_IN',
                    'America/Lima',
                    'America/Matamoros',
                    'America/Menominee',
                    'America/North_Dakota/Beulah',
                    'America/North_Dakota/Center',
                    'America/North_Dakota/New_Salem',
                    'America/Ojinaga',
                    'America/Panama',
                    'America/Porto_Acre',
                    'America/Rainy_River',
                    'America/Rankin_Inlet',
                    'America/Resolute',
                    'America/Rio_Branco',
                    'America/Winnipeg',
                    'Brazil/Acre',
                    'CST6CDT',
                    'Canada/Central',
                    'Chile/EasterIsland',
                    'EST',
                    'Etc/GMT+5',
                    'Jamaica',
                    'Pacific/Easter',
                    'US/Central',
                    'US/Indiana-Starke'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T05:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T05:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'America/Bahia_Banderas',
                    'America/Belize',
                    'America/Boise',
                    'America/Cambridge_Bay',
                    'America/Chihuahua',
                    'America/Ciudad_Juarez',
                    'America/Costa_Rica',
                    'America/Denver',
                    'America/Edmonton',
                    'America/El_Salvador',
                    'America/Guatemala',
                    'America/Inuvik',
                    'America/Managua',
                    'America/Merida',
                    'America/Mexico_City',
                    'America/Monterrey',
                    'America/Regina',
                    'America/Shiprock',
                    'America/Swift_Current',
                    'America/Tegucigalpa',
                    'America/Yellowknife',
                    'Canada/Mountain',
                    'Canada/Saskatchewan',
                    'Etc/GMT+6',
                    'MST7MDT',
                    'Mexico/General',
                    'Navajo',
                    'Pacific/Galapagos',
                    'US/Mountain'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T06:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T06:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'America/Creston',
                    'America/Dawson',
                    'America/Dawson_Creek',
                    'America/Ensenada',
                    'America/Fort_Nelson',
                    'America/Hermosillo',
                    'America/Los_Angeles',
                    'America/Mazatlan',
                    'America/Phoenix',
                    'America/Santa_Isabel',
                    'America/Tijuana',
                    'America/Vancouver',
                    'America/Whitehorse',
                    'Canada/Pacific',
                    'Canada/Yukon',
                    'Etc/GMT+7',
                    'MST',
                    'Mexico/BajaNorte',
                    'Mexico/BajaSur',
                    'PST8PDT',
                    'US/Arizona',
                    'US/Pacific'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T07:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T07:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'America/Godthab',
                    'America/Miquelon',
                    'America/Noronha',
                    'America/Nuuk',
                    'America/Scoresbysund',
                    'Atlantic/South_Georgia',
                    'Brazil/DeNoronha',
                    'Etc/GMT+2'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T02:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T02:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('America/St_Johns', 'Canada/Newfoundland')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T02:30:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T02:30:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Antarctica/Casey',
                    'Asia/Brunei',
                    'Asia/Choibalsan',
                    'Asia/Chongqing',
                    'Asia/Chungking',
                    'Asia/Harbin',
                    'Asia/Hong_Kong',
                    'Asia/Irkutsk',
                    'Asia/Kuala_Lumpur',
                    'Asia/Kuching',
                    'Asia/Macao',
                    'Asia/Macau',
                    'Asia/Makassar',
                    'Asia/Manila',
                    'Asia/Shanghai',
                    'Asia/Singapore',
                    'Asia/Taipei',
                    'Asia/Ujung_Pandang',
                    'Asia/Ulaanbaatar',
                    'Asia/Ulan_Bator',
                    'Australia/Perth',
                    'Australia/West',
                    'Etc/GMT-8',
                    'Hongkong',
                    'PRC',
                    'ROC',
                    'Singapore'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T16:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T16:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Antarctica/Davis',
                    'Asia/Bangkok',
                    'Asia/Barnaul',
                    'Asia/Ho_Chi_Minh',
                    'Asia/Hovd',
                    'Asia/Jakarta',
                    'Asia/Krasnoyarsk',
                    'Asia/Novokuznetsk',
                    'Asia/Novosibirsk',
                    'Asia/Phnom_Penh',
                    'Asia/Pontianak',
                    'Asia/Saigon',
                    'Asia/Tomsk',
                    'Asia/Vientiane',
                    'Etc/GMT-7',
                    'Indian/Christmas'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T17:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T17:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Antarctica/DumontDUrville',
                    'Asia/Ust-Nera',
                    'Asia/Vladivostok',
                    'Australia/Brisbane',
                    'Australia/Lindeman',
                    'Australia/Queensland',
                    'Etc/GMT-10',
                    'Pacific/Chuuk',
                    'Pacific/Guam',
                    'Pacific/Port_Moresby',
                    'Pacific/Saipan',
                    'Pacific/Truk',
                    'Pacific/Yap'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T14:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T14:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Antarctica/Macquarie',
                    'Asia/Magadan',
                    'Asia/Sakhalin',
                    'Asia/Srednekolymsk',
                    'Australia/ACT',
                    'Australia/Canberra',
                    'Australia/Currie',
                    'Australia/Hobart',
                    'Australia/LHI',
                    'Australia/Lord_Howe',
                    'Australia/Melbourne',
                    'Australia/NSW',
                    'Australia/Sydney',
                    'Australia/Tasmania',
                    'Australia/Victoria',
                    'Etc/GMT-11',
                    'Pacific/Bougainville',
                    'Pacific/Efate',
                    'Pacific/Guadalcanal',
                    'Pacific/Kosrae',
                    'Pacific/Noumea',
                    'Pacific/Pohnpei',
                    'Pacific/Ponape'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T13:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T13:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Antarctica/Mawson',
                    'Antarctica/Vostok',
                    'Asia/Almaty',
                    'Asia/Aqtau',
                    'Asia/Aqtobe',
                    'Asia/Ashgabat',
                    'Asia/Ashkhabad',
                    'Asia/Atyrau',
                    'Asia/Dushanbe',
                    'Asia/Karachi',
                    'Asia/Oral',
                    'Asia/Qostanay',
                    'Asia/Qyzylorda',
                    'Asia/Samarkand',
                    'Asia/Tashkent',
                    'Asia/Yekaterinburg',
                    'Etc/GMT-5',
                    'Indian/Kerguelen',
                    'Indian/Maldives'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T19:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T19:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Antarctica/McMurdo',
                    'Antarctica/South_Pole',
                    'Etc/GMT+11',
                    'Etc/GMT-13',
                    'NZ',
                    'Pacific/Apia',
                    'Pacific/Auckland',
                    'Pacific/Enderbury',
                    'Pacific/Fakaofo',
                    'Pacific/Kanton',
                    'Pacific/Midway',
                    'Pacific/Niue',
                    'Pacific/Pago_Pago',
                    'Pacific/Samoa',
                    'Pacific/Tongatapu',
                    'US/Samoa'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T11:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T11:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Asia/Anadyr',
                    'Asia/Kamchatka',
                    'Etc/GMT+12',
                    'Etc/GMT-12',
                    'Kwajalein',
                    'Pacific/Fiji',
                    'Pacific/Funafuti',
                    'Pacific/Kwajalein',
                    'Pacific/Majuro',
                    'Pacific/Nauru',
                    'Pacific/Norfolk',
                    'Pacific/Tarawa',
                    'Pacific/Wake',
                    'Pacific/Wallis'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T12:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T12:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Asia/Baku',
                    'Asia/Dubai',
                    'Asia/Muscat',
                    'Asia/Tbilisi',
                    'Asia/Yerevan',
                    'Etc/GMT-4',
                    'Europe/Astrakhan',
                    'Europe/Samara',
                    'Europe/Saratov',
                    'Europe/Ulyanovsk',
                    'Indian/Mahe',
                    'Indian/Mauritius',
                    'Indian/Reunion'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T20:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T20:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Asia/Bishkek',
                    'Asia/Dacca',
                    'Asia/Dhaka',
                    'Asia/Kashgar',
                    'Asia/Omsk',
                    'Asia/Thimbu',
                    'Asia/Thimphu',
                    'Asia/Urumqi',
                    'Etc/GMT-6',
                    'Indian/Chagos'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T18:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T18:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('Asia/Calcutta', 'Asia/Colombo', 'Asia/Kolkata')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T18:30:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T18:30:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Asia/Chita',
                    'Asia/Dili',
                    'Asia/Jayapura',
                    'Asia/Khandyga',
                    'Asia/Pyongyang',
                    'Asia/Seoul',
                    'Asia/Tokyo',
                    'Asia/Yakutsk',
                    'Etc/GMT-9',
                    'Japan',
                    'Pacific/Palau',
                    'ROK'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T15:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T15:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('Asia/Kabul')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T19:30:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T19:30:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('Asia/Kathmandu', 'Asia/Katmandu')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T18:15:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T18:15:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('Asia/Rangoon', 'Asia/Yangon', 'Indian/Cocos')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T17:30:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T17:30:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('Asia/Tehran', 'Iran')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T20:30:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T20:30:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('Atlantic/Azores', 'Atlantic/Cape_Verde', 'Etc/GMT+1')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T01:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T01:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Australia/Adelaide',
                    'Australia/Broken_Hill',
                    'Australia/South',
                    'Australia/Yancowinna'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T13:30:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T13:30:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('Australia/Darwin', 'Australia/North')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T14:30:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T14:30:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('Australia/Eucla')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T15:15:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T15:15:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN (
                    'Etc/GMT+10',
                    'Etc/GMT-14',
                    'HST',
                    'Pacific/Honolulu',
                    'Pacific/Johnston',
                    'Pacific/Kiritimati',
                    'Pacific/Rarotonga',
                    'Pacific/Tahiti',
                    'US/Hawaii'
                  )
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T10:00:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T10:00:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('NZ-CHAT', 'Pacific/Chatham')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-08T10:15:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-16T10:15:00')
                    )
                  )
                )
                OR (
                  `t8`.`time_zone` IN ('Pacific/Marquesas')
                  AND (
                    (
                      `t8`.`at` >= DATETIME('2026-03-09T09:30:00')
                    )
                    AND (
                      `t8`.`at` < DATETIME('2026-03-17T09:30:00')
                    )
                  )
                )
            ) AS `t10`
          ) AS `t11`
          GROUP BY
            1
        ) AS `t12`
        WHERE
          `t12`.`times` >= 1
      )
    )
) AS `t18`;

-- insights
WITH `t7` AS (
  SELECT
    `t6`.`id`,
    `t6`.`customer_id`,
    `t6`.`name`,
    `t6`.`at`,
    `t6`.`properties`,
    `t6`.`day`,
    `t6`.`amount_cents`,
    `t6`.`items`,
    `t6`.`department`,
    `t6`.`discount_cents`
  FROM (
    SELECT
      *
    FROM `event` AS `t0`
    WHERE
      `t0`.`day` <= 20528
  ) AS `t6`
  WHERE
    EXISTS(
      SELECT
        1
      FROM `touched` AS `t3`
      WHERE
        `t6`.`customer_id` = `t3`.`customer_id`
    )
)
SELECT
  `t57`.`customer_id`,
  `t57`.`first_name`,
  `t57`.`language`,
  `t57`.`time_zone`,
  `t57`.`attributes`,
  `t57`.`created_at`,
  `t57`.`first_basket_at`,
  `t57`.`last_basket_at`,
  COALESCE(`t57`.`baskets_30`, 0) AS `baskets_30`,
  COALESCE(`t57`.`spend_30`, 0) AS `spend_30`,
  COALESCE(`t57`.`baskets_90`, 0) AS `baskets_90`,
  COALESCE(`t57`.`spend_90`, 0) AS `spend_90`,
  COALESCE(`t57`.`baskets_365`, 0) AS `baskets_365`,
  COALESCE(`t57`.`spend_365`, 0) AS `spend_365`,
  `t57`.`usual_interval`,
  `t57`.`favourite_department`,
  `t57`.`recent_favourite`,
  `t57`.`previous_favourite`,
  COALESCE(`t57`.`week_streak`, 0) AS `week_streak`,
  20528 - CAST(FLOOR(ieee_divide(UNIX_SECONDS(`t57`.`last_basket_at`), 86400)) AS INT64) AS `days_since_basket`,
  ieee_divide(
    20528 - CAST(FLOOR(ieee_divide(UNIX_SECONDS(`t57`.`last_basket_at`), 86400)) AS INT64),
    `t57`.`usual_interval`
  ) AS `overdue_ratio`,
  CAST(FLOOR(
    ieee_divide(
      UNIX_SECONDS(
        CAST(IF(
          DATE_ADD(
            DATE(`t57`.`first_basket_at`),
            INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t57`.`first_basket_at`)), 1)) YEAR
          ) >= DATE(2026, 3, 16),
          DATE_ADD(
            DATE(`t57`.`first_basket_at`),
            INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t57`.`first_basket_at`)), 1)) YEAR
          ),
          DATE_ADD(
            DATE(`t57`.`first_basket_at`),
            INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t57`.`first_basket_at`)), 1) + 1) YEAR
          )
        ) AS DATETIME)
      ),
      86400
    )
  ) AS INT64) - 20528 AS `anniversary_in`,
  EXTRACT(year FROM IF(
    DATE_ADD(
      DATE(`t57`.`first_basket_at`),
      INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t57`.`first_basket_at`)), 1)) YEAR
    ) >= DATE(2026, 3, 16),
    DATE_ADD(
      DATE(`t57`.`first_basket_at`),
      INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t57`.`first_basket_at`)), 1)) YEAR
    ),
    DATE_ADD(
      DATE(`t57`.`first_basket_at`),
      INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t57`.`first_basket_at`)), 1) + 1) YEAR
    )
  )) - EXTRACT(year FROM `t57`.`first_basket_at`) AS `years`,
  IF(
    `t57`.`recent_favourite` <> `t57`.`previous_favourite`,
    `t57`.`recent_favourite`,
    CAST(NULL AS STRING)
  ) AS `new_favourite`
FROM (
  SELECT
    `t56`.*
    EXCEPT (`customer_id_right`)
  FROM (
    SELECT
      `t55`.`customer_id`,
      `t55`.`first_name`,
      `t55`.`language`,
      `t55`.`time_zone`,
      `t55`.`attributes`,
      `t55`.`created_at`,
      `t55`.`first_basket_at`,
      `t55`.`last_basket_at`,
      `t55`.`baskets_30`,
      `t55`.`spend_30`,
      `t55`.`baskets_90`,
      `t55`.`spend_90`,
      `t55`.`baskets_365`,
      `t55`.`spend_365`,
      `t55`.`usual_interval`,
      `t55`.`favourite_department`,
      `t55`.`recent_favourite`,
      `t55`.`previous_favourite`,
      `t34`.`customer_id` AS `customer_id_right`,
      `t34`.`week_streak`
    FROM (
      SELECT
        `t53`.*
        EXCEPT (`customer_id_right`)
      FROM (
        SELECT
          `t52`.`customer_id`,
          `t52`.`first_name`,
          `t52`.`language`,
          `t52`.`time_zone`,
          `t52`.`attributes`,
          `t52`.`created_at`,
          `t52`.`first_basket_at`,
          `t52`.`last_basket_at`,
          `t52`.`baskets_30`,
          `t52`.`spend_30`,
          `t52`.`baskets_90`,
          `t52`.`spend_90`,
          `t52`.`baskets_365`,
          `t52`.`spend_365`,
          `t52`.`usual_interval`,
          `t52`.`favourite_department`,
          `t52`.`recent_favourite`,
          `t38`.`customer_id` AS `customer_id_right`,
          `t38`.`previous_favourite`
        FROM (
          SELECT
            `t50`.*
            EXCEPT (`customer_id_right`)
          FROM (
            SELECT
              `t49`.`customer_id`,
              `t49`.`first_name`,
              `t49`.`language`,
              `t49`.`time_zone`,
              `t49`.`attributes`,
              `t49`.`created_at`,
              `t49`.`first_basket_at`,
              `t49`.`last_basket_at`,
              `t49`.`baskets_30`,
              `t49`.`spend_30`,
              `t49`.`baskets_90`,
              `t49`.`spend_90`,
              `t49`.`baskets_365`,
              `t49`.`spend_365`,
              `t49`.`usual_interval`,
              `t49`.`favourite_department`,
              `t39`.`customer_id` AS `customer_id_right`,
              `t39`.`recent_favourite`
            FROM (
              SELECT
                `t47`.*
                EXCEPT (`customer_id_right`)
              FROM (
                SELECT
                  `t46`.`customer_id`,
                  `t46`.`first_name`,
                  `t46`.`language`,
                  `t46`.`time_zone`,
                  `t46`.`attributes`,
                  `t46`.`created_at`,
                  `t46`.`first_basket_at`,
                  `t46`.`last_basket_at`,
                  `t46`.`baskets_30`,
                  `t46`.`spend_30`,
                  `t46`.`baskets_90`,
                  `t46`.`spend_90`,
                  `t46`.`baskets_365`,
                  `t46`.`spend_365`,
                  `t46`.`usual_interval`,
                  `t40`.`customer_id` AS `customer_id_right`,
                  `t40`.`favourite_department`
                FROM (
                  SELECT
                    `t44`.*
                    EXCEPT (`customer_id_right`)
                  FROM (
                    SELECT
                      `t29`.`customer_id`,
                      `t29`.`first_name`,
                      `t29`.`language`,
                      `t29`.`time_zone`,
                      `t29`.`attributes`,
                      `t29`.`created_at`,
                      `t29`.`first_basket_at`,
                      `t29`.`last_basket_at`,
                      `t29`.`baskets_30`,
                      `t29`.`spend_30`,
                      `t29`.`baskets_90`,
                      `t29`.`spend_90`,
                      `t29`.`baskets_365`,
                      `t29`.`spend_365`,
                      `t43`.`customer_id` AS `customer_id_right`,
                      `t43`.`usual_interval`
                    FROM (
                      SELECT
                        `t25`.*
                        EXCEPT (`customer_id_right`)
                      FROM (
                        SELECT
                          `t4`.`customer_id`,
                          `t4`.`first_name`,
                          `t4`.`language`,
                          `t4`.`time_zone`,
                          `t4`.`attributes`,
                          `t4`.`created_at`,
                          `t19`.`customer_id` AS `customer_id_right`,
                          `t19`.`first_basket_at`,
                          `t19`.`last_basket_at`,
                          `t19`.`baskets_30`,
                          `t19`.`spend_30`,
                          `t19`.`baskets_90`,
                          `t19`.`spend_90`,
                          `t19`.`baskets_365`,
                          `t19`.`spend_365`
                        FROM `customer` AS `t4`
                        LEFT OUTER JOIN (
                          SELECT
                            `t9`.`customer_id`,
                            MIN(`t9`.`at`) AS `first_basket_at`,
                            MAX(`t9`.`at`) AS `last_basket_at`,
                            SUM(CAST(`t9`.`day` >= 20498 AS INT64)) AS `baskets_30`,
                            SUM(IF(`t9`.`day` >= 20498, `t9`.`amount_cents`, NULL)) AS `spend_30`,
                            SUM(CAST(`t9`.`day` >= 20438 AS INT64)) AS `baskets_90`,
                            SUM(IF(`t9`.`day` >= 20438, `t9`.`amount_cents`, NULL)) AS `spend_90`,
                            SUM(CAST(`t9`.`day` >= 20163 AS INT64)) AS `baskets_365`,
                            SUM(IF(`t9`.`day` >= 20163, `t9`.`amount_cents`, NULL)) AS `spend_365`
                          FROM (
                            SELECT
                              *
                            FROM `t7` AS `t8`
                            WHERE
                              `t8`.`name` = 'basket'
                          ) AS `t9`
                          GROUP BY
                            1
                        ) AS `t19`
                          ON `t4`.`customer_id` = `t19`.`customer_id`
                        WHERE
                          EXISTS(
                            SELECT
                              1
                            FROM `touched` AS `t3`
                            WHERE
                              `t4`.`customer_id` = `t3`.`customer_id`
                          )
                      ) AS `t25`
                    ) AS `t29`
                    LEFT OUTER JOIN (
                      SELECT
                        `t41`.`customer_id`,
                        `t41`.`usual_interval`
                      FROM (
                        SELECT
                          `t26`.`customer_id`,
                          ieee_divide(
                            ARRAY(
                              SELECT
                                values
                              FROM UNNEST(ARRAY_AGG(`t26`.`gap` IGNORE NULLS)) AS values
                              ORDER BY
                                values
                            )[safe_offset(
                              CAST(FLOOR(
                                ieee_divide(
                                  ARRAY_LENGTH(
                                    ARRAY(
                                      SELECT
                                        values
                                      FROM UNNEST(ARRAY_AGG(`t26`.`gap` IGNORE NULLS)) AS values
                                      ORDER BY
                                        values
                                    )
                                  ) - 1,
                                  2
                                )
                              ) AS INT64)
                            )] + ARRAY(
                              SELECT
                                values
                              FROM UNNEST(ARRAY_AGG(`t26`.`gap` IGNORE NULLS)) AS values
                              ORDER BY
                                values
                            )[safe_offset(
                              CAST(FLOOR(
                                ieee_divide(
                                  ARRAY_LENGTH(
                                    ARRAY(
                                      SELECT
                                        values
                                      FROM UNNEST(ARRAY_AGG(`t26`.`gap` IGNORE NULLS)) AS values
                                      ORDER BY
                                        values
                                    )
                                  ),
                                  2
                                )
                              ) AS INT64)
                            )],
                            2
                          ) AS `usual_interval`,
                          COUNT(*) AS `gaps`
                        FROM (
                          SELECT
                            *
                          FROM (
                            SELECT
                              `t13`.`customer_id`,
                              `t13`.`day`,
                              CAST(`t13`.`day` - LAG(`t13`.`day`) OVER (PARTITION BY `t13`.`customer_id` ORDER BY `t13`.`day` ASC) AS FLOAT64) AS `gap`
                            FROM (
                              SELECT DISTINCT
                                `t8`.`customer_id`,
                                `t8`.`day`
                              FROM `t7` AS `t8`
                              WHERE
                                `t8`.`name` = 'basket' AND `t8`.`day` >= 20163
                            ) AS `t13`
                          ) AS `t21`
                          WHERE
                            `t21`.`gap` IS NOT NULL
                        ) AS `t26`
                        GROUP BY
                          1
                      ) AS `t41`
                      WHERE
                        `t41`.`gaps` >= 3
                    ) AS `t43`
                      ON `t29`.`customer_id` = `t43`.`customer_id`
                  ) AS `t44`
                ) AS `t46`
                LEFT OUTER JOIN (
                  SELECT
                    `t33`.`customer_id`,
                    `t33`.`department` AS `favourite_department`
                  FROM (
                    SELECT
                      `t24`.`customer_id`,
                      `t24`.`department`,
                      `t24`.`spent`,
                      ROW_NUMBER() OVER (
                        PARTITION BY `t24`.`customer_id`
                        ORDER BY `t24`.`spent` DESC, `t24`.`department` ASC
                      ) - 1 AS `place`
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          `t12`.`customer_id`,
                          `t12`.`department`,
                          COALESCE(SUM(`t12`.`amount_cents`), 0) AS `spent`
                        FROM (
                          SELECT
                            *
                          FROM `t7` AS `t8`
                          WHERE
                            `t8`.`name` = 'basket' AND `t8`.`day` >= 20163
                        ) AS `t12`
                        GROUP BY
                          1,
                          2
                      ) AS `t18`
                      WHERE
                        `t18`.`department` IS NOT NULL
                    ) AS `t24`
                  ) AS `t33`
                  WHERE
                    `t33`.`place` = 0
                ) AS `t40`
                  ON `t46`.`customer_id` = `t40`.`customer_id`
              ) AS `t47`
            ) AS `t49`
            LEFT OUTER JOIN (
              SELECT
                `t32`.`customer_id`,
                `t32`.`department` AS `recent_favourite`
              FROM (
                SELECT
                  `t23`.`customer_id`,
                  `t23`.`department`,
                  `t23`.`spent`,
                  ROW_NUMBER() OVER (
                    PARTITION BY `t23`.`customer_id`
                    ORDER BY `t23`.`spent` DESC, `t23`.`department` ASC
                  ) - 1 AS `place`
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      `t11`.`customer_id`,
                      `t11`.`department`,
                      COALESCE(SUM(`t11`.`amount_cents`), 0) AS `spent`
                    FROM (
                      SELECT
                        *
                      FROM `t7` AS `t8`
                      WHERE
                        `t8`.`name` = 'basket' AND `t8`.`day` >= 20438
                    ) AS `t11`
                    GROUP BY
                      1,
                      2
                  ) AS `t17`
                  WHERE
                    `t17`.`department` IS NOT NULL
                ) AS `t23`
              ) AS `t32`
              WHERE
                `t32`.`place` = 0
            ) AS `t39`
              ON `t49`.`customer_id` = `t39`.`customer_id`
          ) AS `t50`
        ) AS `t52`
        LEFT OUTER JOIN (
          SELECT
            `t31`.`customer_id`,
            `t31`.`department` AS `previous_favourite`
          FROM (
            SELECT
              `t22`.`customer_id`,
              `t22`.`department`,
              `t22`.`spent`,
              ROW_NUMBER() OVER (
                PARTITION BY `t22`.`customer_id`
                ORDER BY `t22`.`spent` DESC, `t22`.`department` ASC
              ) - 1 AS `place`
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  `t10`.`customer_id`,
                  `t10`.`department`,
                  COALESCE(SUM(`t10`.`amount_cents`), 0) AS `spent`
                FROM (
                  SELECT
                    *
                  FROM `t7` AS `t8`
                  WHERE
                    `t8`.`name` = 'basket' AND `t8`.`day` < 20438 AND `t8`.`day` >= 20073
                ) AS `t10`
                GROUP BY
                  1,
                  2
              ) AS `t16`
              WHERE
                `t16`.`department` IS NOT NULL
            ) AS `t22`
          ) AS `t31`
          WHERE
            `t31`.`place` = 0
        ) AS `t38`
          ON `t52`.`customer_id` = `t38`.`customer_id`
      ) AS `t53`
    ) AS `t55`
    LEFT OUTER JOIN (
      SELECT
        `t28`.`customer_id`,
        COUNT(*) AS `week_streak`
      FROM (
        SELECT
          *
        FROM (
          SELECT
            `t14`.`customer_id`,
            `t14`.`week`,
            ROW_NUMBER() OVER (PARTITION BY `t14`.`customer_id` ORDER BY `t14`.`week` DESC) - 1 AS `place`,
            MAX(`t14`.`week`) OVER (
              PARTITION BY `t14`.`customer_id`
              ORDER BY `t14`.`week` DESC
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS `newest`
          FROM (
            SELECT DISTINCT
              `t8`.`customer_id`,
              CAST(FLOOR(ieee_divide(`t8`.`day` + 3, 7)) AS INT64) AS `week`
            FROM `t7` AS `t8`
            WHERE
              `t8`.`name` = 'basket'
          ) AS `t14`
        ) AS `t20`
        WHERE
          `t20`.`newest` >= 2932 AND (
            `t20`.`week` + `t20`.`place`
          ) = `t20`.`newest`
      ) AS `t28`
      GROUP BY
        1
    ) AS `t34`
      ON `t55`.`customer_id` = `t34`.`customer_id`
  ) AS `t56`
) AS `t57`;
