*** Settings ***
Documentation     The pages of an applicant on a phone, down to 320 pixels.
Resource          zhinan.resource
Test Teardown     Close All Browsers
Test Template     在手机上读得清

*** Test Cases ***                  WIDTH    PATH
首页                                 390      ${EMPTY}
首页在窄屏上                          320      ${EMPTY}
搜索结果                             390      /@@search?SearchableText=许可
指南列表                             390      /guides
办事指南                             390      /guides/621002001000
办事指南在窄屏上                       320      /guides/620103001000
简版                                390      /guides/621002001000/@@short
咨询                                390      /zixun
修改内容                             390      /guides/621002001000/@@editions
旧版                                390      /guides/621002001000/@@edition/1.0
旧版在窄屏上                          320      /guides/621002001000/@@edition/1.0
工作人员的指南页                       390      /guides/621002001000                  bianji
我的工作台                            390      /@@desk                               bianji
待我审核                             390      /@@work?list=to_review                shenhe
一步的页面                            390      /guides/621002001000/@@transition?id=withdraw    shenhe

*** Keywords ***
在手机上读得清
    [Arguments]    ${width}    ${path}    ${name}=${EMPTY}
    打开网站    ${path}    ${width}    844
    IF    $name
        登录    ${name}
        Go To    ${SITE}${path}
    END
    不应横向滚动
    ${small}=    Execute Javascript
    ...    return [...document.querySelectorAll('main button, main .zn-button, header button, main .zn-file')]
    ...    .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.textContent.trim());
    Should Be Empty    ${small}    these are lower than 44 pixels: ${small}
    ${size}=    Execute Javascript
    ...    return parseFloat(getComputedStyle(document.body).fontSize);
    Should Be True    ${size} >= 16
