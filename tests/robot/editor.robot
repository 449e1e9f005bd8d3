*** Settings ***
Documentation     An editor changes a guide and sees the comparison; a reviewer publishes.
Resource          zhinan.resource
Test Teardown     Close All Browsers

*** Test Cases ***
编辑修改指南并对比两个版本
    打开网站
    登录    bianji
    Go To    ${FILING}/edit
    Wait Until Page Contains Element    name:form.buttons.save
    填写    description    开工前在网上告知项目信息，当场取得备案证明。
    填写    IVersionable.changeNote    说明写得更短
    保存
    Wait Until Location Is    ${FILING}
    Element Should Contain    css:.zn-lead    当场取得备案证明
    Go To    ${FILING}/@@historyview
    Page Should Contain    说明写得更短
    Click Element    css:a[href*="one="][href*="two="]
    Wait Until Page Contains Element    css:.zn-change
    Element Should Contain    css:.zn-change h2    一句话说明
    Element Should Contain    css:.zn-change ins    当场
    ${changes}=    Get Element Count    css:.zn-change
    Should Be Equal As Integers    ${changes}    1

不合理的时限当场说明且不丢内容
    打开网站
    登录    bianji
    Go To    ${FILING}/edit
    Wait Until Page Contains Element    name:form.buttons.save
    填写    description    这一句不能丢。
    填写    promised_limit    30
    保存
    Wait Until Page Contains    承诺
    Wait Until Page Contains Element    css:[name="form.widgets.promised_limit"].is-invalid, .field.error [name="form.widgets.promised_limit"], [name="form.widgets.promised_limit"]
    ${text}=    Execute Javascript    return document.querySelector('[name="form.widgets.description"]').value;
    Should Be Equal    ${text}    这一句不能丢。
    ${error}=    Execute Javascript
    ...    return document.querySelector('[name="form.widgets.promised_limit"]').closest('.field').textContent;
    Should Contain    ${error}    30
    Should Contain    ${error}    法定

编辑送审、审核发布、公众看到
    打开网站
    登录    bianji
    Go To    ${SITE}/guides/++add++MatterGuide
    Wait Until Page Contains Element    name:form.buttons.save
    填写    title    浏览器测试事项
    填写    catalog_code    620102099000
    Select From List By Label    css:select[name="form.widgets.department:list"]    嘉峪关市发展和改革委员会
    保存
    Wait Until Location Contains    620102099000
    Element Should Contain    css:.zn-staff    拟稿
    Page Should Not Contain Element    css:a[href*="workflow_action=publish"]
    Click Element    css:a[href*="workflow_action=submit"]
    Wait Until Page Does Not Contain Element    css:a[href*="workflow_action=submit"]
    退出登录
    Go To    ${SITE}/guides/620102099000
    Page Should Not Contain Element    css:.zn-facts
    Go To    ${SITE}/@@search?SearchableText=浏览器测试事项
    Page Should Not Contain Link    浏览器测试事项
    登录    shenhe
    Go To    ${SITE}/guides/620102099000
    Click Element    css:a[href*="workflow_action=publish"]
    Wait Until Page Does Not Contain Element    css:a[href*="workflow_action=publish"]
    退出登录
    Go To    ${SITE}/guides/620102099000
    Element Text Should Be    css:h1    浏览器测试事项
    Go To    ${SITE}/@@search?SearchableText=浏览器测试事项
    Page Should Contain Link    浏览器测试事项
