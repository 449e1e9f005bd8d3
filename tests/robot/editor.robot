*** Settings ***
Documentation     A published guide is corrected in a working copy: the public reads the
...               old text until the copy is published, and both can be read ever after.
Resource          zhinan.resource
Test Teardown     Close All Browsers

*** Variables ***
${OLD}            又不在核准目录内的企业
${NEW}            当场取得备案证明

*** Test Cases ***
在工作副本中修改，公众仍读旧文，发布后读新文
    打开网站
    登录    bianji
    ${copy}=    打开工作副本    ${FILING}
    Go To    ${copy}/edit
    Wait Until Page Contains Element    name:form.buttons.save
    填写    description    开工前在网上告知项目信息，${NEW}。
    填写    IVersionable.changeNote    说明写得更短
    保存
    Wait Until Location Is    ${copy}
    Element Should Contain    css:.zn-lead    ${NEW}
    Click Link    与线上内容对照
    Element Should Contain    css:main    一句话说明
    Element Should Contain    css:main ins    当场
    # Who comes to the guide as well is led to the one copy there is.
    换人    fgbianji    ${FILING}
    Element Should Contain    css:.zn-lead    ${OLD}
    Page Should Not Contain Link    修改
    Click Element    css:.zn-staffnote
    Wait Until Location Is    ${copy}
    Element Should Contain    css:.zn-alsohere    李编辑
    Go To    ${FILING}/@@check-out
    Wait Until Location Is    ${copy}
    # No way leads past the copy.
    Go To    ${FILING}/edit
    Page Should Not Contain Element    name:form.buttons.save
    公众打开    ${copy}
    Page Should Not Contain    ${NEW}
    Go To    ${FILING}
    Element Should Contain    css:.zn-lead    ${OLD}
    换人    bianji    ${copy}
    办理    submit
    换人    fgshenhe    ${copy}
    打开步骤    approve
    Element Should Contain    css:.zn-changed    一句话说明
    执行
    Wait Until Element Contains    css:.zn-done-note    已完成
    换人    fgfabu    ${copy}
    打开步骤    publish
    执行
    Wait Until Element Contains    css:.zn-errors    请写明更新了什么
    Input Text    name:p_note    说明写得更短
    执行
    Wait Until Element Contains    css:.zn-done-note    现在在线的是第2.0版
    Element Should Contain    css:.zn-lead    ${NEW}
    Go To    ${copy}
    Page Should Not Contain Element    css:.zn-facts
    公众打开    ${FILING}
    Element Should Contain    css:.zn-lead    ${NEW}

比较两个版次，打开旧版和它的表格
    打开网站    /guides/621002001000/@@editions
    Element Should Contain    css:.zn-editions    说明写得更短
    Page Should Not Contain    李编辑
    Click Element    css:.zn-editions a[href*="one=1.0"][href*="two=2.0"]
    Wait Until Page Contains Element    css:.zn-change
    Element Should Contain    css:.zn-change    一句话说明
    Element Should Contain    css:.zn-change ins    当场
    ${changes}=    Get Element Count    css:.zn-change
    Should Be Equal As Integers    ${changes}    1
    Go To    ${FILING}/@@editions
    Click Element    css:.zn-editions a[href$="@@edition/1.0"]
    Element Should Contain    css:.zn-oldband    第1.0版
    Element Should Contain    css:.zn-lead    ${OLD}
    Click Element    css:#m01 .zn-pair a
    ${file}=    Downloaded File    空白表）.docx
    Document Holds    ${file}    企业投资项目备案申请表    备案单位名称
    Click Link    查看现行指南
    Element Should Contain    css:.zn-lead    ${NEW}

不合理的时限当场说明且不丢内容
    打开网站
    登录    bianji
    ${copy}=    打开工作副本    ${SITE}/guides/620103001000
    Go To    ${copy}/edit
    Wait Until Page Contains Element    name:form.buttons.save
    填写    description    这一句不能丢。
    填写    promised_limit    300
    保存
    Wait Until Page Contains    法定
    ${text}=    Execute Javascript    return document.querySelector('[name="form.widgets.description"]').value;
    Should Be Equal    ${text}    这一句不能丢。
    ${error}=    Execute Javascript
    ...    return document.querySelector('[name="form.widgets.promised_limit"]').closest('.field').textContent;
    Should Contain    ${error}    300
    Should Contain    ${error}    法定
