/** Family names that are common in many countries, without accents, and the endings by which others are recognised. Data only. */
import { plainText } from "../name-pieces.ts";

export const familyNames: ReadonlySet<string> = new Set(
  `smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson thomas taylor
  moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker young allen king wright scott torres
  nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz
  edwards collins reyes stewart morris morales murphy cook rogers gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos
  kim cox ward richardson watson brooks chavez wood bennett gray mendoza ruiz hughes price alvarez castillo sanders patel myers
  long ross foster jimenez davies clarke shaw khan ali ahmed hussain begum macdonald fraser murray reid mcdonald sullivan byrne walsh
  ryan obrien oconnor kennedy doyle gallagher doherty hamilton graham wallace simpson ferguson
  muller mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schafer schaefer koch bauer richter klein wolf
  schroder schroeder neumann schwarz zimmermann braun kruger krueger hofmann hartmann lange schmitt werner schmitz krause meier lehmann
  schmid schulze maier kohler koehler herrmann konig koenig walter mayer huber kaiser fuchs peters lang scholz moller moeller weiss
  jung hahn schubert vogel friedrich keller gunther frank berger winkler roth beck lorenz baumann franke albrecht schuster simon
  ludwig bohm winter kraus martin schumacher kramer vogt stein jager otto sommer gross seidel heinrich brandt haas schreiber graf
  schulte dietrich ziegler kuhn pohl engel horn busch bergmann thomas voigt sauer arnold pfeiffer gruber steiner hofer leitner egger
  bernard dubois durand moreau laurent lefebvre leroy roux david bertrand morel fournier girard bonnet dupont lambert fontaine
  rousseau vincent muller lefevre faure andre mercier blanc guerin boyer garnier chevalier francois legrand gauthier perrin robin
  clement morin nicolas henry roussel mathieu gautier masson marchand duval denis dumont marie lemaire noel meyer dufour meunier
  brun blanchard giraud joly riviere lucas brunet gaillard barbier arnaud renard roche rolland schmitt colin vidal caron picard
  fernandez gonzalez rodriguez lopez martinez sanchez perez gomez martin jimenez ruiz diaz moreno alvarez munoz romero alonso
  gutierrez navarro torres dominguez vazquez ramos gil ramirez serrano blanco molina morales suarez ortega delgado castro ortiz rubio
  marin sanz nunez iglesias medina garrido cortes castillo santos lozano guerrero cano prieto mendez cruz calvo gallego vidal leon
  herrera marquez pena flores cabrera campos vega fuentes carrasco diez reyes caballero nieto aguilar pascual santana herrero lorenzo
  rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti deluca costa giordano mancini rizzo
  lombardi moretti barbieri fontana santoro mariani rinaldi caruso ferrara galli martini leone longo gentile martinelli vitale
  lombardo serra coppola marchetti parisi villa conte ferraro ferri fabbri bianco marini grasso valentini messina sala gatti
  pellegrini palumbo sanna farina rizzi monti cattaneo morelli amato silvestri mazza testa grassi pellegrino carbone
  popescu ionescu popa pop radu ionita stan dumitru stoica gheorghe matei ciobanu rusu munteanu dinu constantin serban moldovan
  marin nistor dumitrescu georgescu stanciu tudor toma florea vasile ilie mihai lazar neagu preda oprea barbu voicu muresan cristea
  nowak kowalski wisniewski wojcik kowalczyk kaminski lewandowski zielinski szymanski wozniak dabrowski kozlowski jankowski mazur
  kwiatkowski wojciechowski krawczyk kaczmarek piotrowski grabowski zajac pawlowski michalski krol wieczorek jablonski wrobel
  nowakowski majewski olszewski stepien malinowski jaworski adamczyk dudek nowicki pawlak gorski witkowski walczak sikora baran
  devries jansen jong janssen bakker visser smit meijer boer mulder bos vos peters hendriks dekker brouwer wit dijkstra smits graaf
  meer linden kok jacobs vermeulen schouten willems hoekstra koster prins huisman peeters kuipers kuiper veenstra kramer brink
  maes claes wouters goossens mertens declercq desmet
  andersson johansson karlsson nilsson eriksson larsson olsson persson svensson gustafsson pettersson jonsson jansson hansson
  bengtsson lindberg jakobsson magnusson olofsson lindstrom lindqvist lindgren berg axelsson bergstrom lundberg lundgren lundqvist
  mattsson berglund fredriksson sandberg henriksson forsberg sjoberg wallin engstrom eklund danielsson hansen johansen olsen larsen
  andersen pedersen nilsen kristiansen jensen karlsen johnsen pettersen eriksen berg haugen hagen johannessen andreassen jacobsen
  dahl jorgensen halvorsen henriksen lund nielsen christensen rasmussen sorensen petersen madsen kristensen olsen thomsen christiansen
  poulsen johansen moller mortensen knudsen holm mikkelsen frandsen bech kjaer
  korhonen virtanen makinen nieminen makela hamalainen laine heikkinen koskinen jarvinen lehtonen lehtinen saarinen salminen
  heinonen niemi heikkila kinnunen salonen turunen salo laitinen tuominen rantanen karjalainen jokinen mattila savolainen lahtinen
  novak svoboda novotny dvorak cerny prochazka kucera vesely horak nemec pokorny pospisil marek hajek jelinek kral ruzicka benes
  fiala sedlak dolezal zeman kolar krejci urban vanek blaha kriz kopecky kovar horvath kovac varga toth nagy balog
  szabo kovacs horvath varga kiss molnar nemeth farkas balogh papp takacs juhasz lakatos meszaros simon racz fekete szilagyi olah
  torok feher gal balazs kis szucs kocsis pinter fodor orsos sipos magyar lukacs biro kiraly
  horvat kovacevic babic maric jukic knezevic juric novak kovacic vukovic markovic petrovic jovanovic nikolic ilic djordjevic
  stojanovic milosevic pavlovic
  ivanov georgiev dimitrov petrov nikolov hristov stoyanov todorov iliev vasilev angelov atanasov
  yilmaz kaya demir celik sahin yildiz yildirim ozturk aydin ozdemir arslan dogan kilic aslan cetin kara koc kurt ozkan simsek polat
  korkmaz erdogan gunes bulut keskin unal turan gul tekin aksoy
  papadopoulos papadakis pappas oikonomou georgiou dimitriou nikolaou vlachos makris
  silva santos ferreira pereira oliveira costa rodrigues martins jesus sousa fernandes goncalves gomes lopes marques alves almeida
  ribeiro pinto carvalho teixeira moreira correia mendes nunes soares vieira monteiro cardoso rocha raposo neves coelho cruz cunha
  pires ramos reis simoes antunes matos fonseca machado araujo barbosa tavares lourenco castro figueiredo azevedo freitas lima souza
  ivanova petrova smirnov kuznetsov popov vasiliev sokolov mikhailov novikov fedorov morozov volkov lebedev semenov pavlov
  shevchenko bondarenko kovalenko tkachenko kravchenko melnyk boyko
  singh kumar sharma gupta verma mehta joshi iyer reddy nair rao das chopra kapoor malhotra agarwal banerjee mukherjee
  wang zhang chen liu yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo tanaka suzuki sato takahashi watanabe ito yamamoto
  nakamura kobayashi kato park choi jung kang cho yoon jang lim haugen bakke nordby solberg moen strand lien eide tangen myhre ronning aasen skogstad
  horvath balaz toth vargova lukac hudak polak simko gregor kollar bartos chovanec hudec
  tamm saar sepp magi kask kukk rebane ilves parn koppel oja lepik raudsepp kuusk poder kangur karu vaher luik laas kivi lill
  kazlauskas petrauskas jankauskas stankevicius zukauskas butkus paulauskas urbonas navickas balciunas vasiliauskas
  nikolaou karagiannis antoniou chatzis samaras konstantinou christou ioannou petrou
  kolev marinov hristov valchev kostov
  krajnc zupancic potocnik mlakar kos golob turk hribar kavcic rozman oblak zagar vidmar zupan hocevar bizjak korosec
  osullivan fitzpatrick kavanagh brennan quinn mccarthy oreilly ocallaghan oneill odonnell nolan dunne whelan power
  mbeki dlamini nkosi okafor okonkwo adeyemi mensah
  quispe mamani huaman chavez ccori tello sepulveda contreras fuenzalida riquelme tapia ahumada aravena saavedra pizarro toapanta guaman
  cevallos chiluisa batista peguero ogando feliz etchebarne pintos olivera villalobos quiroga zambrano cardenas bustamante arriaga pereyra
  acosta benitez cabrera caceres campos cordero cortez delgado duarte escobar espinoza figueroa flores fuentes guerrero guzman ibarra lara
  leon luna maldonado medina mejia mendez miranda molina montoya munoz ojeda orozco pacheco padilla palacios paredes pena ponce quintero
  rangel rios robles rojas rosales salazar salinas sandoval santana serrano silva solis soto suarez valdez valencia vargas vasquez vega
  velasquez vera villanueva zuniga ribeiro cavalcanti barros nonato nascimento almeida araujo barbosa cardoso carvalho castro correia costa
  dias fernandes ferreira freitas gomes goncalves lima lopes machado marques martins melo mendes moraes moreira neves nunes oliveira
  pereira pinheiro pinto pires ramos reis rocha rodrigues santos souza sousa teixeira vieira xavier
  berzins kalnina ozols liepina krumins balode zarins vitola kalnins jansons hoxha shehu krasniqi berisha gjoka leka dervishi hadzic begovic
  delic imamovic petrosyan beridze kapanadze gelashvili lomidze mammadov aliyev huseynov guliyev mammadova aliyeva karimov rakhimova
  tursunov yusupova ismoilov nazarbayev shevchenko kovalenko bondarenko tkachuk melnyk oliinyk lysenko
  hosseini ahmadi karimpour rostami shahbazi mohammadi rezaei moradi benjelloun tazi chraibi ouazzani alaoui bennani khelifi zerrouki meziane
  boumediene otaibi zahrani qahtani dosari harbi ghamdi cohen levi mizrahi peretz biton dahan friedman katz azoulay
  sharma iyer deshmukh banerjee reddy joshi pillai gupta verma mishra mehta chopra malhotra kapoor nair menon rao naidu chatterjee mukherjee
  das sen bose ghosh qureshi siddiqua mirza mehmood ghafoor chaudhry butt malik sheikh islam hasan jahan parvin mannan mostafa haque
  jayasuriya rathnayake bandara gunawardena perera silva fernando wickramasinghe thapa shrestha gurung tamang adhikari
  rahayu santoso lestari wijaya maharani susilo setiawan hidayat kusuma nugroho saputra pratama utomo wibowo halim rahman yusof osman ismail
  dimaculangan panganiban batungbakal magsaysay lacsamana delacruz bautista reyes aquino tran pham hoang phan bui dang vo ngo tan lim chua
  kamau okonkwo otieno bello rotich eze mutua njoroge wanjala mushi mwakyusa kapinga massawe boateng asante addo tetteh quaye osei owusu
  ndiaye diop sarr faye diallo traore keita cisse ndlovu moyo sibanda dlamini khumalo mokoena naidoo botha pretorius vanderMerwe venter
  abebe bekele tesfaye haile mwangi
  cohen borg zammit camilleri vella farrugia prosser pugh bowen pryce griffiths rhys tahana pohatu tamihana
  كوهين العتيبي الزهراني القحطاني الدوسري الحربي الغامدي الشمري المالكي بومدين חיים כהן לוי מזרחי פרץ ביטון דהן אברהם ბერიძე კაპანაძე
  Պետրոսյան Հակոբյան Սարգսյան Գրիգորյան शर्मा वर्मा सिंह गुप्ता कुमार यादव मिश्रा পাল দাস খান ইসলাম`
    .split(/\s+/)
    .map((name) => (/^[a-z-]+$/.test(name) ? name : plainText(name)))
    .filter((name) => name.length > 1),
);

const endings =
  /(?:(?:sk|ck|dzk)(?:i|a|y)|wicz|escu|eanu|ovic|evic|ova|eva|ovna|sson|sdotter|ssen|dsen|nsen|rsen|nen|idis|akis|poulos|oglu|enko|shvili|dze|yan|etti|ucci|elli|ini|one|ez|mann|hauser|stein|burger|strom|qvist|gren|dahl|sma|stra|inga|czyk|czak|ak|ek|ik|vic|kova|feld|berg|ov|ev|ska|auskas|evicius|avicius|iene|aite|ute|yte|unas|opoulou|idou|shvili|adze|aia|ov|ova|zade|zadeh|ullah|uddin|singh|naik|swamy|rathne|singhe|wardena|nayake|sooriya|anan|iak|chuk|iuk|enka|vich|evych|aki|ellis|atos|nik|vec|ovsky|ძე|შვილი|իան|յան|ян|ович|ий|enko)$/;

/** Whether a word without accents looks like a family name. */
export function isLikeFamilyName(word: string): boolean {
  return familyNames.has(word) || (word.length >= 5 && endings.test(word)) || /^(?:mc|mac|o')[a-z]{3,}$/.test(word);
}
