/** Given names that are common in many countries, without accents. Used only to see whether values are names. Data only. */
import { plainText } from "../name-pieces.ts";

export const givenNames: ReadonlySet<string> = new Set(
  `james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul
  andrew joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry
  justin scott brandon benjamin samuel gregory alexander patrick frank raymond jack dennis jerry tyler aaron jose adam nathan henry
  douglas zachary peter kyle noah ethan jeremy walter keith roger terry austin sean gerald carl harold dylan arthur lawrence jordan
  jesse bryan billy bruce gabriel joe logan alan juan albert willie elijah wayne randy vincent mason roy ralph bobby russell bradley
  philip eugene liam oliver harry oscar leo alfie archie theodore freddie isaac lucas max toby reuben finley callum ewan hamish angus
  craig graham nigel trevor colin neil stuart simon martin ian derek clive barry geoffrey leslie stanley norman victor howard earl
  mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly emily
  donna michelle carol amanda melissa deborah stephanie dorothy rebecca sharon laura cynthia amy kathleen angela shirley brenda emma
  anna pamela nicole samantha katherine christine helen debra rachel carolyn janet maria olivia heather diane julie joyce victoria
  ruth virginia lauren kelly christina joan evelyn judith andrea hannah megan cheryl jacqueline martha madison teresa gloria sara
  janice ann kathryn abigail sophia frances jean alice judy isabella julia grace amber denise danielle marilyn beverly charlotte
  natalie theresa diana brittany doris kayla alexis lori marie sophie lucy chloe ellie freya imogen poppy daisy phoebe harriet
  fiona moira siobhan niamh aoife ciara sinead gillian hazel pauline sheila maureen lynn tracy wendy claire zoe holly jade paige
  hans peter klaus wolfgang jurgen juergen dieter manfred uwe gunter guenter gunther horst bernd werner helmut gerhard rainer heinz karl
  stefan andreas thomas michael christian matthias markus sebastian florian tobias jan felix lukas jonas leon finn paul luis maximilian
  moritz niklas tim julian philipp fabian dominik marcel sven torsten thorsten ralf frank jens dirk holger oliver kai lars bjorn
  ulrich joachim herbert kurt ernst walter rolf otto fritz heinrich friedrich wilhelm hermann konrad ludwig rudolf reinhard norbert
  ursula monika petra sabine renate helga karin brigitte ingrid gisela christa erika elke gabriele heike susanne birgit angelika
  claudia martina stefanie nicole kathrin katrin anja silke tanja sandra melanie julia katharina lena lea mia hanna leonie marie
  johanna franziska annika nele frieda greta ida clara charlotte mathilda sophie heidi jutta barbara ulrike regina marlene anneliese
  hildegard gertrud irmgard waltraud edith elfriede hannelore rosemarie liesel annegret antje svenja wiebke maike inge
  jean pierre michel andre philippe rene louis alain jacques bernard marcel daniel roger robert claude henri christian nicolas
  georges gerard christophe francois julien laurent patrick guillaume sebastien frederic thierry antoine olivier mathieu matthieu
  maxime alexandre romain pascal eric stephane vincent lucas hugo theo enzo nathan leo raphael arthur jules gabriel adrien quentin
  bastien clement benoit fabien cedric jerome yves didier serge gilles luc remi damien florent tristan baptiste etienne
  marie jeanne francoise monique catherine nathalie isabelle jacqueline anne sylvie martine madeleine nicole helene christine
  valerie sophie aurelie emilie camille manon lea chloe ines jade louise emma alice clara juliette elodie celine sandrine
  stephanie virginie laetitia melanie audrey delphine brigitte chantal dominique veronique corinne florence agnes genevieve simone
  odette yvette colette lucie margaux noemie oceane mathilde pauline amelie
  jose antonio manuel francisco juan david javier daniel carlos jesus alejandro miguel rafael pedro pablo angel sergio fernando jorge
  luis alberto alvaro adrian diego raul ivan enrique ramon vicente andres joaquin santiago eduardo victor roberto jaime ignacio mario
  marcos salvador ricardo emilio julio guillermo gabriel tomas agustin felipe gonzalo hugo martin mateo nicolas samuel hector oscar
  ruben cesar rodrigo esteban gustavo arturo ernesto alfredo armando rodolfo gerardo
  carmen josefa isabel dolores pilar teresa cristina francisca antonia mercedes rosario rosa lucia marta elena laura paula raquel
  silvia beatriz patricia angela irene rocio montserrat julia sara alba nuria encarnacion concepcion inmaculada yolanda sonia monica
  susana eva veronica lorena sandra natalia alicia noelia gloria esther victoria margarita ines amparo consuelo daniela valeria
  camila ximena guadalupe fernanda mariana alejandra gabriela luz carolina marisol
  giuseppe giovanni antonio mario luigi francesco angelo vincenzo pietro salvatore carlo franco domenico bruno paolo michele giorgio
  aldo sergio luciano andrea marco alessandro matteo lorenzo davide riccardo leonardo simone federico luca stefano roberto fabio
  massimo claudio maurizio enrico giacomo filippo tommaso emanuele daniele nicola raffaele umberto gianluca gianni piero dario
  edoardo diego gabriele mattia
  giuseppina rosa angela giovanna teresa lucia carmela caterina francesca antonietta carla elena concetta rita margherita franca paola
  giulia chiara martina sara alessia sofia aurora giorgia ginevra beatrice alice camilla bianca federica silvia valentina elisa ilaria
  roberta simona daniela patrizia cinzia barbara stefania monica claudia laura cristina michela serena eleonora luisa
  andrei alexandru mihai ion ioan vasile gheorghe constantin nicolae florin adrian cristian marian dan gabriel stefan bogdan razvan
  radu vlad catalin ionut daniel sorin marius lucian ovidiu cosmin dumitru petru mircea liviu claudiu tudor sebastian emil eugen
  traian dragos horia costel viorel aurel octavian silviu iulian
  elena ioana andreea ana mihaela alexandra cristina gabriela daniela adriana georgiana simona raluca oana roxana alina monica diana
  laura irina bianca carmen mariana florentina nicoleta ramona corina luminita anca camelia lavinia doina rodica viorica ileana
  aurelia lidia violeta denisa larisa madalina teodora
  jan stanislaw andrzej jozef tadeusz jerzy zbigniew krzysztof henryk ryszard kazimierz marek marian piotr janusz wladyslaw adam
  wieslaw zdzislaw edward mieczyslaw roman miroslaw grzegorz czeslaw dariusz wojciech jacek eugeniusz tomasz stefan zygmunt leszek
  boguslaw pawel michal jakub mateusz kacper szymon filip bartosz bartlomiej maciej lukasz rafal kamil patryk hubert wiktor antoni
  franciszek aleksander mikolaj dawid sebastian przemyslaw artur slawomir robert radoslaw
  maria krystyna anna barbara teresa elzbieta janina zofia jadwiga danuta halina irena ewa malgorzata helena grazyna bozena stanislawa
  jolanta marianna urszula wanda alicja dorota agnieszka beata katarzyna joanna wieslawa renata iwona genowefa aleksandra magdalena
  monika karolina justyna sylwia natalia paulina marta weronika zuzanna julia maja lena oliwia amelia hanna wiktoria edyta aneta
  johannes jan cornelis hendrik willem pieter gerrit jacobus dirk maarten jeroen bart sander rik koen joost thijs bram daan sem lars
  ruben stijn wouter niels bas tom tim kees henk piet joop arie gijs rutger floris sjoerd hidde teun luuk jesse milan
  johanna wilhelmina cornelia elisabeth margaretha hendrika adriana anneke marijke ineke hanneke marloes femke sanne lotte fleur
  anouk iris eva saskia esther linda monique marieke ilse evi lieke roos noor tess saar fenna jolanda wilma
  lars mikael anders johan per karl nils carl erik jan hans gunnar sven bengt bo lennart olof ulf goran stefan fredrik daniel magnus
  mats marcus henrik oskar viktor axel emil gustav linus rasmus sixten leif kjell rune ole arne bjorn odd terje svein geir morten knut
  thor trond jon espen kristian mads soren jens niels jorgen kim michael torben flemming bent poul preben anker asger mikkel frederik
  magnus sindre eirik havard oyvind tore ivar olav haakon sigurd einar
  anna margareta elisabeth eva kristina birgitta karin ingrid marie christina sofia kerstin lena helena ingegerd johanna linnea emma
  maja astrid agnes ebba saga wilma elsa alva freja sara anneli ulla gunilla inger berit kari solveig ingeborg randi bente anne hanne
  lene mette kirsten gitte pia tina charlotte camilla ida amalie josefine freja signe sigrid torill marit siv silje hege
  juhani johannes mikael matti timo kari antti jukka pekka juha mika heikki jari markku hannu sami marko ville janne petri lauri eero
  eino veikko reijo jorma esa ari tero jani mikko tuomas aleksi eetu onni elias niilo vaino toivo olavi tapio ilmari kalevi
  maria helena johanna anneli kaarina marjatta liisa anna hannele tuula pirjo ritva leena sari paivi minna satu heidi tiina katja eeva
  aino venla helmi siiri kerttu riitta seija raija eila sirpa kirsi jaana outi tarja merja marja
  jiri jan petr josef pavel martin tomas jaroslav miroslav zdenek vaclav michal frantisek jakub milan karel lukas david vladimir ladislav
  ondrej roman stanislav marek radek daniel antonin vojtech filip adam matej dominik libor lubomir bohumil oldrich dusan ivo ales
  marie jana eva hana anna vera lenka alena lucie katerina petra helena ludmila jaroslava ivana jitka martina zdenka veronika jirina
  monika zuzana jarmila michaela tereza vlasta kristyna dana barbora radka dagmar bozena nikola eliska adela natalie simona sarka
  laszlo istvan jozsef janos zoltan sandor gabor ferenc attila peter tamas zsolt tibor andras csaba imre lajos gyorgy balazs gyula
  mihaly karoly robert bela daniel krisztian norbert mate bence levente adam david marton balint gergely szabolcs arpad
  erzsebet ilona katalin eva anna zsuzsanna margit judit agnes andrea ildiko julianna erika krisztina iren edit magdolna eszter
  gabriella reka timea dora zsofia nikolett viktoria vivien boglarka fanni kinga orsolya piroska terez noemi
  ivan marko josip stjepan tomislav zeljko mario ante nikola luka petar zoran goran damir drazen davor igor darko hrvoje zdravko mato
  milan dragan slobodan branko milos nemanja stefan aleksandar vladimir dejan sasa bojan nenad predrag miroslav vuk lazar dusan jovan
  marija ana ivana mirjana katarina nada vesna ljiljana gordana snezana jelena jasmina dragica biljana branka sanja tanja marina
  petra martina lucija ema dora tea maja milica sofija teodora dunja tamara ruzica slavica zorica
  georgi ivan dimitar nikolay petar hristo todor stoyan vasil aleksandar yordan stefan plamen kiril boris borislav lyubomir krasimir
  ivanka elena yordanka penka mariya rositsa daniela desislava gergana ralitsa tsvetelina nadezhda radka donka
  mehmet mustafa ahmet ali huseyin hasan ibrahim ismail osman yusuf murat omer ramazan halil suleyman abdullah mahmut recep salih fatih
  kadir emre hakan adem kemal yasar bekir musa metin orhan serkan burak furkan cem can deniz baris tolga volkan umut onur ozan selim
  fatma ayse emine hatice zeynep elif meryem serife zehra sultan hanife merve havva zeliha esra fadime ozlem hacer yasemin hulya
  cemile sevim gulsum leyla dilek busra aysel songul kubra halime esin derya ebru pinar selin ceren gizem nur
  giorgos georgios dimitris dimitrios konstantinos kostas yannis ioannis nikos nikolaos christos panagiotis vasilis vasileios
  athanasios michail evangelos spyros antonis anastasios theodoros andreas charalampos alexandros emmanouil ilias stavros
  eleni katerina aikaterini vasiliki sofia angeliki georgia dimitra konstantina paraskevi anastasia ioanna despina evangelia
  joao jose antonio francisco carlos paulo pedro lucas luiz marcos luis gabriel rafael daniel marcelo bruno eduardo felipe rodrigo
  manoel mateus andre fernando fabio leonardo gustavo guilherme leandro tiago anderson ricardo marcio jorge diogo duarte goncalo
  afonso rui nuno vasco hugo henrique caio vinicius thiago renato otavio murilo davi heitor
  ana maria francisca antonia adriana juliana marcia fernanda patricia aline sandra camila amanda bruna jessica leticia julia luciana
  vanessa mariana gabriela vera vitoria larissa claudia beatriz ines rita catarina joana matilde leonor carolina filipa teresa
  raquel luana debora isadora cecilia heloisa lorena rafaela sabrina helena
  aleksandr sergey sergei dmitry dmitri andrey aleksey alexei maksim evgeny ivan mikhail nikolai vladimir pavel igor yuri oleg anton
  vitaly konstantin roman ilya artem kirill denis egor nikita timofey bohdan oleksandr volodymyr mykola vasyl andriy taras yaroslav
  olga elena natalia irina tatiana svetlana ekaterina anastasia maria yulia ludmila galina ksenia daria polina valentina nadezhda
  lyudmila oksana iryna nataliya tetiana kateryna yuliia
  mohamed mohammed muhammad ahmed ali omar hassan hussein ibrahim khalid youssef yusuf said abdul karim tariq rashid bilal hamza amir
  faisal samir nabil walid jamal fatima aisha khadija maryam zainab layla leila noor amina salma yasmin hanan samira rania nadia huda
  raj amit rahul sanjay vijay ravi anil sunil ajay rajesh suresh ramesh mahesh deepak ashok manoj vikram arjun rohan aditya karan nikhil
  priya anjali pooja neha kavita sunita anita lakshmi divya shreya meera asha rekha geeta swati aarti nisha sneha
  wei ming li jing fang hui yan lei jun tao hiroshi takashi kenji yuki haruto sakura yui aiko keiko akira satoshi makoto naoko yoko
  minjun jiwoo seojun jihye minho sungho
  zuzana lucia jozef katarina miroslav lubica stefan monika ondrej bozena radovan alzbeta dusan jana maria anna marta peter jan martin
  milan juraj michal tomas marian vladimir rastislav stanislav pavol rudolf igor branislav emil viera helena silvia ivana darina
  kadri jaan liis tonu maarika rein piret kalev urmas ulle priit eha madis mati tiit toomas andres margus aivar ants arvo rain marko
  martin rasmus kristjan karl oliver henri siim taavi indrek meelis peeter raivo tarmo jüri juri anu sirje tiina ene ulvi malle riina
  katrin kristiina triin kersti laura liina merike maie tiiu helve aino leida aili kaja karin eve ene merle heli terje
  ruta mindaugas egle vytautas gintare tomas ausra saulius birute darius zivile kestutis jurga algirdas jonas antanas juozas kazys
  petras vladas stasys gintaras arturas andrius marius mantas lukas karolis domantas justinas rokas gediminas rimantas romas arvydas
  linas valdas virginijus evaldas audrius nerijus ramunas zydrunas ona irena janina danute jurate rasa daiva lina vaida inga jolanta
  laima nijole zita asta kristina edita indre ieva gabija austeja ugne simona lina rasa dalia vida virginija audrone sigita loreta
  giorgos ioanna vasiliki panagiotis theodora michalis spyros stelios manolis petros pavlos thanasis takis lefteris vangelis apostolos
  stamatis sotiris christina anna irini fotini chrysoula evangelia kalliopi marina zoi stavroula eirini varvara sotiria antonia
  stoyan milena petar elitsa ognyan valentin rumen veselin mariyan dimo zhivko atanas kostadin nikola emil asen mitko tsvetan veselina
  svetla mariana antoaneta yana albena silviya tanya galya stanka lilyana vesela diana polina viktoriya kalina magdalena rosen ilian
  mojca janez spela matjaz natasa gasper alenka blaz urska primoz tadeja ziga polona klemen anze ales andrej bojan branko damjan
  dejan franc gregor grega igor iztok jernej joze jure luka marko matej miha mitja rok sandi simon stanko tilen tine uros vid zan
  anja barbara bernarda brigita darja irena jana jasna jozica katja ksenija lara lidija manca marjeta masa mateja metka milena neza
  nina petra sabina sasa sonja suzana tanja tea tina vesna zala zdenka
  aoife cormac niamh declan sinead fergus grainne eoin roisin padraig orla tadhg maeve diarmuid sean liam conor ciaran cian oisin fionn
  darragh donal eamonn brendan kieran colm ronan cathal aidan dermot finbarr malachy siobhan ciara saoirse caoimhe aisling orlaith
  deirdre bridget nuala fionnuala eimear clodagh noreen breda assumpta una mairead
  ingrid sigurd ragnhild torbjorn eivind gunnhild halvard astrid oystein kjetil live trygve tormod asbjorn jostein roar vidar
  kobe kwame kofi chinedu emeka ngozi amara thabo sipho lerato nomsa
   ximena joaquin facundo milagros emiliano matias constanza benjamin javiera cristobal antonella yolanda wilfredo
  washington byron mercedes jenny rafaelito yanelis altagracia yuleisy yordany maikel yamilet dayana brayan jhon wilmer nancy marleny
  graciela ruben susana leandro lautaro thiago valentino agustin nicolas bautista catalina isidora florencia trinidad belen micaela
  rocio soledad norberto horacio nestor osvaldo rolando edgardo humberto hector ismael efrain saul uriel itzel citlali yaretzi xochitl
  raimunda everton wellington josefa severina terezinha ivonete marlene dalva edson jefferson kleber gilberto reginaldo ronaldo vanderlei
  cleide rosangela luzia sebastiana aparecida
   janis ilze karlis zane martins inese edgars liga andris ilona juris aivars valdis guntis dace inga kristaps ance
  elina sanita raimonds normunds gudrun sigurdur olafur kristin bjorn ragnar hallgrimur sigridur jon helga thora birna einar gunnlaugur
  tove brita casper asger rikke troels birgitte jytte jorunn kjartan oddvar liv aune solvi
   arben mirela gentian blerina ardit drita agron besnik fatmir valbona teuta shpresa luan ilir adnan emina haris
  lejla amra senad mirza jasmin aida selma armin nermin edin goran biljana vesna trajce slavko ljupco snezana giorgi nino davit tamar
  levan nana irakli ketevan zurab lasha armen anahit gevorg lusine tigran hayk ani narek karine elvin gunel resad aysel kamran nigar
  orkhan leyla vusal
   oleksii taras bohdan solomiya nazar ostap lesia zoryana alesya hanna mikola volha aliaksandr jasur
  nilufar otabek dilnoza sherzod aziz gulnora bekzod malika ulugbek aigul nurlan ainur yerlan bauyrzhan aizhan dana daniyar madina
  temuulen enkhjin bold batbayar sarnai ganbold oyuna bayarmaa
   parisa behrouz shirin kamran golnaz reza hossein zahra mina farhad shahram nasrin arash babak noura sultan khaled hind
  othman soukaina othmane ghita zakaria hajar amine riad lynda karima mourad sofiane nadir houda imane ikram abdelkader rachida brahim
  hicham younes noam tamar yosef yossi moshe avraham shlomo noa michal ori eitan yael shira dov chaim rivka avigail
   aarav ananya kavita suresh rajesh usman ayesha bilal sana tahir nadeem iqbal asif imran shahid rafiqul shahnaz tanvir
  nusrat shamsul golam nurul abdul rahim karim habib farida parvin nuwan dilani kasun tharushi chaminda sanduni ramesh sita bishnu hari
  sunil prakash gita kamala manju dipak binod rajendran muthu lakshmi venkatesh srinivas subramaniam murugan thanabalan deepika harish
   siti budi dewi agus putri joko bambang sri wayan ketut made nyoman rizky dian eko yanti nurul hafiz aisyah azizah
  muhammad mohd hafizah zulkifli maricel rodel jhun analyn efren rosalinda jomar rowena marites ferdinand imelda crisanto somchai suda
  anan somsak pimchanok thanakorn nguyen tran minh tuan huong thuy phuong dung linh hieu khanh
   wanjiru chinedu achieng amina kipchoge njoroge wambui mwangi otieno akinyi neema baraka rehema juma upendo zuberi mwajuma
  halima oluwaseun adebayo temitope folake emeka ifeoma chukwuma obinna yaw kwabena akosua efua kojo ama kweku adwoa fatou mamadou awa
  ousmane aminata moussa ibrahima cheikh abdoulaye nomvula lerato sipho zanele lindiwe sanele nomsa thandiwe bongani mandla tendai
  tatenda rudo farai chipo abebe tigist bekele hana almaz dawit selamawit girma jean-claude uwimana mugisha
   kiri tane ngaio mere wiremu hemi aroha lachlan matilda bevan rhiannon gethin angharad iestyn sian dylan eleri gwen
  carys emyr caoimhe darragh sorcha lorcan
   محمد احمد أحمد علي خالد فاطمة نورة سلطان عبد عبدالله حسن حسين مريم عمر يوسف ابراهيم إبراهيم منى كريم هالة سارة
  زينب خديجة سعيد عائشة ليلى محمود مصطفى عبدالرحمن صالح فهد ناصر نوف امل أمل رنا دينا עידו נועה יוסי תמר אורי מיכל דוד משה יעל שרה
  אברהם רחל יוסף דניאל איתן שירה רונית אבי สมชาย สุดา อนันต์ พิมพ์ชนก ธนากร สมศักดิ์ สมหญิง วิชัย ประเสริฐ มาลี นภา กิตติ გიორგი ნინო
  დავით თამარ ლევან ნანა ირაკლი ქეთევან მარიამ ანა Արմեն Անահիտ Գևորգ Լուսինե Տիգրան Հայկ Անի Նարեկ राम सीता राजेश सुनीता अमित प्रिया
  सुरेश अनिल गीता रमेश मोहन दीपक अंजलि पूजा রহিম করিম ফাতেমা আয়েশা হাসান`
    .split(/\s+/)
    .map((name) => (/^[a-z-]+$/.test(name) ? name : plainText(name)))
    .filter((name) => name.length > 1),
);
