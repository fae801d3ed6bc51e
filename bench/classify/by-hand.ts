/**
 * Columns as real schemas have them, written by hand after well-known sample databases, with a few values of their kind.
 * Nothing was tuned on it at first; since its mistakes have been looked at, the rules are tuned on it too.
 */
import type { LabelledColumn, LabelledTable } from "./labelled-column.ts";

type Written = readonly [name: string, label: LabelledColumn["label"], type: string, values: string];

/** Values are separated by a bar. */
const tables: Readonly<Record<string, readonly Written[]>> = {
  actor: [
    ["first_name", "person_name", "string", "PENELOPE|NICK|ED|JENNIFER|JOHNNY|BETTE|GRACE|MATTHEW|JOE|CHRISTIAN"],
    [
      "last_name",
      "person_name",
      "string",
      "GUINESS|WAHLBERG|CHASE|DAVIS|LOLLOBRIGIDA|NICHOLSON|MOSTEL|JOHANSSON|SWANK|GABLE",
    ],
    ["last_update", "none", "timestamp", "2006-02-15 04:34:33|2006-02-15 04:34:33"],
  ],
  address: [
    [
      "address",
      "postal_address",
      "string",
      "47 MySakila Drive|28 MySQL Boulevard|23 Workhaven Lane|1411 Lillydale Drive|1913 Hanoi Way|1121 Loja Avenue|692 Joliet Street",
    ],
    ["address2", "postal_address", "string", ""],
    ["district", "none", "string", "Alberta|QLD|Nagasaki|California|Attika|Mandalay|Nantou|Texas"],
    ["postal_code", "none", "string", "35200|17886|83579|53561|42399|18743|93896"],
    [
      "phone",
      "phone",
      "string",
      "14033335568|6172235589|28303384290|838635286649|448477190408|705814003527|10655648674",
    ],
  ],
  film: [
    [
      "title",
      "none",
      "string",
      "ACADEMY DINOSAUR|ACE GOLDFINGER|ADAPTATION HOLES|AFFAIR PREJUDICE|AFRICAN EGG|AGENT TRUMAN",
    ],
    [
      "description",
      "none",
      "string",
      "A Epic Drama of a Feminist And a Mad Scientist who must Battle a Teacher in The Canadian Rockies|A Astounding Epistle of a Database Administrator And a Explorer who must Find a Car in Ancient China|A Fanciful Documentary of a Frisbee And a Lumberjack who must Chase a Monkey in A Shark Tank",
    ],
    ["special_features", "none", "nested", '["Deleted Scenes","Behind the Scenes"]|["Trailers","Deleted Scenes"]'],
  ],
  staff: [
    ["email", "email", "string", "Mike.Hillyer@sakilastaff.com|Jon.Stephens@sakilastaff.com"],
    ["username", "none", "string", "Mike|Jon"],
    ["password", "none", "string", "8cb2237d0679ca88db6464eac60da96345513964"],
    ["picture", "none", "binary", ""],
  ],
  Customers: [
    [
      "CompanyName",
      "none",
      "string",
      "Alfreds Futterkiste|Ana Trujillo Emparedados y helados|Around the Horn|Berglunds snabbköp|Blondel père et fils|Bólido Comidas preparadas|Ernst Handel|Frankenversand",
    ],
    [
      "ContactName",
      "person_name",
      "string",
      "Maria Anders|Ana Trujillo|Antonio Moreno|Thomas Hardy|Christina Berglund|Hanna Moos|Frédérique Citeaux|Martín Sommer",
    ],
    [
      "ContactTitle",
      "none",
      "string",
      "Sales Representative|Owner|Order Administrator|Marketing Manager|Accounting Manager",
    ],
    [
      "Address",
      "postal_address",
      "string",
      "Obere Str. 57|Avda. de la Constitución 2222|Mataderos 2312|120 Hanover Sq.|Berguvsvägen 8|Forsterstr. 57|24, place Kléber|C/ Araquil, 67",
    ],
    ["City", "none", "string", "Berlin|México D.F.|London|Luleå|Mannheim|Strasbourg|Madrid|Marseille"],
    [
      "Phone",
      "phone",
      "string",
      "030-0074321|(5) 555-4729|(5) 555-3932|(171) 555-7788|0921-12 34 65|0621-08460|88.60.15.31|(91) 555 22 82",
    ],
    ["Fax", "phone", "string", "030-0076545|(5) 555-3745|(171) 555-6750|0921-12 34 67|0621-08924|88.60.15.32"],
  ],
  Employees: [
    ["LastName", "person_name", "string", "Davolio|Fuller|Leverling|Peacock|Buchanan|Suyama|King|Callahan|Dodsworth"],
    ["TitleOfCourtesy", "none", "string", "Ms.|Dr.|Mrs.|Mr."],
    [
      "BirthDate",
      "birth_date",
      "timestamp",
      "1948-12-08 00:00:00|1952-02-19 00:00:00|1963-08-30 00:00:00|1937-09-19 00:00:00|1955-03-04 00:00:00",
    ],
    ["HireDate", "none", "timestamp", "1992-05-01 00:00:00|1992-08-14 00:00:00|1993-05-03 00:00:00"],
    ["HomePhone", "phone", "string", "(206) 555-9857|(206) 555-9482|(206) 555-3412|(71) 555-4848|(71) 555-7773"],
    ["Extension", "none", "string", "5467|3457|3355|5176|3453|428"],
    [
      "Notes",
      "none",
      "string",
      "Education includes a BA in psychology from a state university in 1970. She also completed a course on cold calls.|Received a BTS commercial and a doctorate in international marketing, and is fluent in French and Italian.|Has a BS degree in chemistry and completed a certificate program in food retailing management.",
    ],
    ["PhotoPath", "none", "string", "http://accweb/emmployees/davolio.bmp|http://accweb/emmployees/fuller.bmp"],
  ],
  Orders: [
    [
      "ShipName",
      "none",
      "string",
      "Vins et alcools Chevalier|Toms Spezialitäten|Hanari Carnes|Victuailles en stock|Suprêmes délices|Chop-suey Chinese|Richter Supermarkt|Wellington Importadora",
    ],
    [
      "ShipAddress",
      "postal_address",
      "string",
      "59 rue de l'Abbaye|Luisenstr. 48|Rua do Paço, 67|2, rue du Commerce|Boulevard Tirou, 255|Hauptstr. 31|Starenweg 5",
    ],
    ["ShipPostalCode", "none", "string", "51100|44087|05454-876|69004|B-6000|3012|1204"],
  ],
  Products: [
    [
      "ProductName",
      "none",
      "string",
      "Chai|Chang|Aniseed Syrup|Chef Anton's Cajun Seasoning|Grandma's Boysenberry Spread|Uncle Bob's Organic Dried Pears|Queso Cabrales|Sir Rodney's Marmalade",
    ],
    ["QuantityPerUnit", "none", "string", "10 boxes x 20 bags|24 - 12 oz bottles|12 - 550 ml bottles|48 - 6 oz jars"],
  ],
  Artist: [
    [
      "Name",
      "none",
      "string",
      "AC/DC|Accept|Aerosmith|Alanis Morissette|Alice In Chains|Antônio Carlos Jobim|Apocalyptica|Audioslave|BackBeat|Billy Cobham",
    ],
  ],
  Track: [
    [
      "Name",
      "none",
      "string",
      "For Those About To Rock|Balls to the Wall|Fast As a Shark|Restless and Wild|Princess of the Dawn|Put The Finger On You|Let's Get It Up",
    ],
    [
      "Composer",
      "person_name",
      "string",
      "Angus Young, Malcolm Young, Brian Johnson|F. Baltes, S. Kaufman, U. Dirkscneider & W. Hoffman|Steven Tyler, Joe Perry|Glen Ballard|Jerry Cantrell|Kurt Cobain",
    ],
  ],
  Invoice: [
    [
      "BillingAddress",
      "postal_address",
      "string",
      "Theodor-Heuss-Straße 34|Ullevålsveien 14|Grétrystraat 63|8210 111 ST NW|69 Salem Street|Berger Straße 10",
    ],
    ["Total", "none", "decimal(10, 2)", "1.98|3.96|5.94|8.91"],
  ],
  chinook_employee: [
    ["ReportsTo", "none", "int", "1|2|6"],
    ["Title", "none", "string", "General Manager|Sales Manager|Sales Support Agent|IT Manager|IT Staff"],
    [
      "Email",
      "email",
      "string",
      "andrew@chinookcorp.com|nancy@chinookcorp.com|jane@chinookcorp.com|margaret@chinookcorp.com|steve@chinookcorp.com",
    ],
    ["Fax", "phone", "string", "+1 (780) 428-3457|+1 (403) 262-3322|+1 (403) 262-6712|+1 (403) 263-4289"],
  ],
  Person: [
    ["FirstName", "person_name", "string", "Ken|Terri|Roberto|Rob|Gail|Jossef|Dylan|Diane|Gigi|Michael"],
    ["MiddleName", "person_name", "string", "J|Lee|A|H|L|N"],
    ["Suffix", "none", "string", "Jr.|III|Sr."],
    ["EmailPromotion", "none", "int", "0|1|2"],
    [
      "AdditionalContactInfo",
      "free_text",
      "string",
      "<AdditionalContactInfo><act:telephoneNumber><act:number>425-555-1112</act:number></act:telephoneNumber> Sandra prefers to be reached on her cell phone 425-555-1117</AdditionalContactInfo>",
    ],
  ],
  HumanResources_Employee: [
    [
      "NationalIDNumber",
      "national_id",
      "string",
      "295847284|245797967|509647174|112457891|695256908|998320692|134969118|811994146",
    ],
    ["LoginID", "none", "string", "adventure-works\\ken0|adventure-works\\terri0|adventure-works\\roberto0"],
    [
      "JobTitle",
      "none",
      "string",
      "Chief Executive Officer|Vice President of Engineering|Engineering Manager|Senior Tool Designer",
    ],
    ["BirthDate", "birth_date", "date", "1969-01-29|1971-08-01|1974-11-12|1974-12-23|1952-09-27|1959-03-11"],
    ["MaritalStatus", "none", "string", "S|M"],
  ],
  CreditCard: [
    ["CardType", "none", "string", "SuperiorCard|Distinguish|ColonialVoice|Vista"],
    [
      "CardNumber",
      "card_number",
      "string",
      "33332664695310|55552127249722|77778344838353|77774915718248|11114404600042|55557132036181",
    ],
    ["ExpMonth", "none", "int", "11|8|7|4"],
  ],
  Sales_Store: [
    [
      "Name",
      "none",
      "string",
      "Next-Door Bike Store|Professional Sales and Service|Riders Company|The Bike Mechanics|Nationwide Supply|Area Bike Accessories",
    ],
    ["AccountNumber", "none", "string", "AW00000001|AW00000002|AW00000003"],
  ],
  employees: [
    ["birth_date", "birth_date", "date", "1953-09-02|1964-06-02|1959-12-03|1954-05-01|1955-01-21|1953-04-20"],
    ["gender", "none", "string", "M|F"],
    ["emp_no", "none", "int", "10001|10002|10003|10004"],
  ],
};

export function byHandTables(): readonly LabelledTable[] {
  return Object.entries(tables).map(([table, columns]) => ({
    table,
    columns: columns.map(([name, label, type, text]) => {
      const values = text === "" ? [] : text.split("|");
      return { name, label, type, rows: Math.max(values.length, 10), values };
    }),
  }));
}
