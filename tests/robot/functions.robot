*** Settings ***
Documentation     One guide through the functions of its department, and before the eyes of
...               those who have other functions, or functions elsewhere.
Resource          zhinan.resource
Test Teardown     Close All Browsers

*** Variables ***
${DRAFT}          ${SITE}/guides/620102098000
${NAME}           职能测试事项

*** Test Cases ***
起草、退回、再送审、发布、撤下各有其人
    打开网站
    登录    fgbianji
    Go To    ${SITE}/guides/++add++MatterGuide
    Wait Until Page Contains Element    name:form.buttons.save
    ${owner}=    Get Selected List Value    css:select[name="form.widgets.IOwned.owner_department:list"]
    Should Be Equal    ${owner}    fgw
    填写    title    职能测试事项
    填写    catalog_code    620102098000
    Select From List By Label    css:select[name="form.widgets.department:list"]    嘉峪关市发展和改革委员会
    保存
    Wait Until Location Contains    620102098000
    办理    submit
    不能办理    publish
    换人    fgshenhe
    不能办理    publish
    办理    return_for_changes
    换人    fgbianji
    办理    submit
    换人    fgfabu
    办理    publish
    换人    fgfuze
    可以办理    withdraw
    换人    fgbianji
    不能办理    withdraw
    退出登录
    Go To    ${DRAFT}
    Element Text Should Be    css:h1    职能测试事项
    换人    fgfuze
    办理    withdraw
    退出登录
    看不到

旁人看不到草稿，督查看得到但不能改
    Set Test Variable    ${DRAFT}    ${SITE}/guides/620102097000
    Set Test Variable    ${NAME}    旁观测试事项
    打开网站
    登录    fgbianji
    Go To    ${SITE}/guides/++add++MatterGuide
    Wait Until Page Contains Element    name:form.buttons.save
    填写    title    旁观测试事项
    填写    catalog_code    620102097000
    Select From List By Label    css:select[name="form.widgets.department:list"]    嘉峪关市发展和改革委员会
    保存
    Wait Until Location Contains    620102097000
    FOR    ${name}    IN    wlbianji    chuangkou    zwfuwu
        换人    ${name}
        看不到
    END
    FOR    ${name}    IN    fgshenhe    fgfabu    fgfuze    fagaiwei    ducha
        换人    ${name}
        Element Text Should Be    css:h1    旁观测试事项
        Page Should Not Contain Element    css:.zn-staff a[href$="/edit"]
    END
    换人    ducha
    Go To    ${DRAFT}/edit
    Page Should Not Contain Element    name:form.buttons.save

综合窗口看得到撤下的指南
    打开网站
    登录    shenhe
    Go To    ${FILING}
    办理    withdraw
    换人    chuangkou
    Go To    ${FILING}
    Page Should Contain Element    css:.zn-facts
    换人    wlbianji
    Go To    ${FILING}
    Page Should Not Contain Element    css:.zn-facts

*** Keywords ***
换人
    [Arguments]    ${name}
    退出登录
    登录    ${name}
    Go To    ${DRAFT}

办理
    [Arguments]    ${transition}
    Click Element    css:a[href*="workflow_action=${transition}"]
    Wait Until Page Does Not Contain Element    css:a[href*="workflow_action=${transition}"]

可以办理
    [Arguments]    ${transition}
    Page Should Contain Element    css:a[href*="workflow_action=${transition}"]

不能办理
    [Arguments]    ${transition}
    Page Should Not Contain Element    css:a[href*="workflow_action=${transition}"]

看不到
    Go To    ${DRAFT}
    Page Should Not Contain    ${NAME}
    Go To    ${SITE}/@@search?SearchableText=${NAME}
    Page Should Not Contain Link    ${NAME}
